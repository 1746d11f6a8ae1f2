package dev.sandboxcluster.operator.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a sandbox's administrator wrote gets into the status of the host cluster. */
class LineTest {

    @Test
    void lineBreaksControlAndFormatCharactersAreTakenOut() {
        assertThat(Line.of(" one\r\n\ttwo\u001b[31m\u2028three\u202etxt\u2066\u200b\ufeff ", 100))
                .isEqualTo("one two [31m three txt");
        assertThat(Line.of("\ud800", 100)).isEmpty();
    }

    @Test
    void longTextIsCutWithoutBeingRead() {
        assertThat(Line.of("a".repeat(11), 10)).isEqualTo("a".repeat(9) + "…");
        assertThat(Line.of("a".repeat(10), 10)).isEqualTo("a".repeat(10));
        assertThat(Line.of("\n".repeat(1_000_000) + "a", 10)).isEqualTo("…");
        assertThat(Line.of("aaaaaaaa\ud83d\ude00aa", 10)).isEqualTo("aaaaaaaa…");
    }

    @Test
    void verdictsAreMadeOfSuchLines() {
        Verdict verdict = Verdict.fails("CrashLoop", "its last lines: a\nReady=True\n" + "b".repeat(5000));

        assertThat(verdict.message())
                .startsWith("its last lines: a Ready=True b")
                .hasSize(Line.MESSAGE);
    }
}
