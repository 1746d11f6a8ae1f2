package dev.sandboxcluster.operator.capability.bootstrap.plan;

/**
 * Text with objects.
 *
 * @param where it is from, for people: the item of the spec, and the key
 * @param secret whether nobody is to see what is in it
 */
public record ManifestText(String where, boolean secret, String text) {

    /** Without the text. */
    @Override
    public String toString() {
        return "ManifestText[" + where + "]";
    }
}
