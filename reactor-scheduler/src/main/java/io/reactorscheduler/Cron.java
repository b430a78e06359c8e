package io.reactorscheduler;

import java.time.*;
import org.jspecify.annotations.Nullable;

public final class Cron {
    enum Gap {
        AFTER_GAP,
        SKIP
    }

    enum Overlap {
        FIRST,
        SECOND,
        BOTH
    }

    static Cron parse(String s) {
        return new Cron();
    }

    Cron zone(String z) {
        return this;
    }

    Cron zone(ZoneId z) {
        return this;
    }

    Cron gap(Gap g) {
        return this;
    }

    Cron overlap(Overlap g) {
        return this;
    }

    String expression() {
        return "";
    }

    ZoneId zone() {
        return ZoneId.of("UTC");
    }

    Gap gap() {
        return Gap.SKIP;
    }

    Overlap overlap() {
        return Overlap.BOTH;
    }

    @Nullable
    Instant next(Instant i) {
        return null;
    }
}
