package dev.sandboxcluster.operator.capability.bootstrap.plan;

import dev.sandboxcluster.operator.credentials.Sha256;

/**
 * That one chart is to be installed.
 *
 * @param index of the chart in the spec
 * @param id another one where the chart or its values are, or where they are to be installed anew
 */
public record ChartRun(int index, String id) {

    private static final int LENGTH = 10;

    /**
     * The run of a chart.
     *
     * @param content by which the chart and its values are known again
     * @param beginning which no other beginning has, of this content or of another
     */
    static ChartRun of(int index, String content, String beginning) {
        return new ChartRun(
                index, Sha256.hex(index + " " + content + " " + beginning).substring(0, LENGTH));
    }
}
