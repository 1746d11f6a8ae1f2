package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import java.util.List;

/** When the operator may start a control plane anew by itself. Time zones are those of the IANA database. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"required": ["startTime", "duration"],
                 "properties": {
                  "days": {"minItems": 1, "maxItems": 7, "x-kubernetes-list-type": "set"},
                  "startTime": {"maxLength": 5, "x-kubernetes-validations": [
                    {"rule": "self.matches('^([01][0-9]|2[0-3]):[0-5][0-9]$')",
                     "message": "must be a time of day, such as 03:00"}]},
                  "duration": {"maxLength": 16, "x-kubernetes-validations": [
                    {"rule": "self.matches('^([0-9]+h)?([0-9]+m)?$') && self != '' && duration(self) >= duration('30m') && duration(self) <= duration('24h')",
                     "message": "must be a duration from 30m to 24h, such as 2h"}]},
                  "timeZone": {"maxLength": 64, "x-kubernetes-validations": [
                    {"rule": "self.matches('^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$') && timestamp('2026-01-01T00:00:00Z').getHours(self) >= 0",
                     "message": "must be UTC, or a name of the IANA time zone database, such as Europe/Berlin"}]}}}
                """)
public record MaintenanceWindow(
        @JsonPropertyDescription("The days of the week on which it opens. Default: every day.")
        List<Weekday> days,

        @JsonPropertyDescription("The time of day at which it opens: 03:00.")
        String startTime,

        @JsonPropertyDescription("How long it stays open: 2h.")
        String duration,

        @JsonPropertyDescription("The time zone of startTime: Europe/Berlin. Default: UTC.")
        String timeZone) {

    /** The days of the week, in the order of {@link java.time.DayOfWeek}. */
    public enum Weekday {
        Monday,
        Tuesday,
        Wednesday,
        Thursday,
        Friday,
        Saturday,
        Sunday
    }
}
