package dev.sandboxcluster.operator.capability.renewal;

import dev.sandboxcluster.api.v1alpha1.MaintenanceWindow;
import dev.sandboxcluster.operator.objects.SpecDuration;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A time of the day, on some days of the week, at which a control plane may be started anew; pure.
 *
 * @param days on which it opens
 * @param zone of the time; UTC where this Java does not know the one that the spec names
 */
record Window(Set<DayOfWeek> days, LocalTime start, Duration duration, ZoneId zone) {

    /** It may have opened the day before. */
    private static final int DAYS = 8;

    static Window of(MaintenanceWindow spec) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        Optional.ofNullable(spec.days())
                .orElse(List.of(MaintenanceWindow.Weekday.values()))
                .forEach(day -> days.add(DayOfWeek.of(day.ordinal() + 1)));
        return new Window(
                days, LocalTime.parse(spec.startTime()), SpecDuration.parse(spec.duration()), zone(spec.timeZone()));
    }

    /** The first moment from then on at which it is open. */
    Instant open(Instant from) {
        LocalDate yesterday = from.atZone(zone).toLocalDate().minusDays(1);
        return Stream.iterate(yesterday, day -> day.plusDays(1))
                .limit(DAYS + 1)
                .filter(day -> days.contains(day.getDayOfWeek()))
                .map(day -> day.atTime(start).atZone(zone).toInstant())
                .filter(opening -> opening.plus(duration).isAfter(from))
                .findFirst()
                .map(opening -> opening.isAfter(from) ? opening : from)
                .orElse(from);
    }

    private static ZoneId zone(String name) {
        try {
            return name == null ? ZoneOffset.UTC : ZoneId.of(name);
        } catch (DateTimeException unknown) {
            return ZoneOffset.UTC;
        }
    }
}
