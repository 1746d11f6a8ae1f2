package dev.sandboxcluster.operator.capability.workers.external.join;

import dev.sandboxcluster.operator.objects.ProgramFile;
import java.util.Map;

/** A POSIX shell script from variables and parts. */
final class ShellScript {

    private ShellScript() {}

    /**
     * The script. Its last line is the first that does something, so that a part of it, cut off on its way, does nothing.
     *
     * @param title one line that says what it does
     * @param variables the values are any texts
     * @param parts resources beside this class, which define functions, one of them {@code main}
     */
    static String of(String title, Map<String, String> variables, String... parts) {
        StringBuilder script = new StringBuilder("#!/bin/sh\n# " + title + "\nset -eu\nLC_ALL=C\nexport LC_ALL\n\n");
        variables.forEach((name, value) ->
                script.append(name).append('=').append(quoted(value)).append('\n'));
        for (String part : parts) {
            script.append('\n').append(ProgramFile.text(ShellScript.class, part));
        }
        return script.append("\nmain \"$@\"\n").toString();
    }

    /** One word for the shell, whatever is in it. */
    static String quoted(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }
}
