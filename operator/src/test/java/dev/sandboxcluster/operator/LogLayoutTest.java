package dev.sandboxcluster.operator;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a sandbox says can't pass for a line of the operator's own. */
class LogLayoutTest {

    @Test
    void aMessageIsOneLineOfBoundedLength() {
        List<String> lines =
                lines("Denied: a\r\n2026-11-23T10:00:00Z INFO  all is well\u202e" + "b".repeat(9000), null);

        assertThat(lines).hasSize(1);
        assertThat(lines.get(0))
                .contains("Denied: a 2026-11-23T10:00:00Z INFO  all is well bbb")
                .hasSizeLessThan(4500);
    }

    @Test
    void anExceptionsMessageBeginsNoLine() {
        Exception failure = new IllegalStateException("one\n2026-11-23T10:00:00Z two", new Exception("three\nfour"));

        List<String> lines = lines("It failed", failure);
        assertThat(lines.get(1)).isEqualTo("java.lang.IllegalStateException: one 2026-11-23T10:00:00Z two");
        assertThat(lines).contains("Caused by: java.lang.Exception: three four");
        assertThat(lines.get(2)).startsWith("\tat ");
    }

    private static List<String> lines(String message, Exception failure) {
        Logger logger = (Logger) LoggerFactory.getLogger(LogLayoutTest.class);
        ConsoleAppender<ILoggingEvent> appender = (ConsoleAppender<ILoggingEvent>)
                ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).getAppender("STDERR");
        LoggingEvent event =
                new LoggingEvent(LogLayoutTest.class.getName(), logger, Level.INFO, message, failure, new Object[0]);
        return new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
