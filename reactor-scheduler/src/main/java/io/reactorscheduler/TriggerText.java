package io.reactorscheduler;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/**
 * The one-line form of a {@link Trigger}: the kind and its value, then refinements as pairs of words, then for cron the
 * expression, which is last because it contains spaces: {@code CRON zone Europe/Paris gap SKIP : 0 9 * * MON-FRI}.
 */
final class TriggerText {

    private static final String TAIL = " : ";

    private TriggerText() {}

    static String format(Trigger.Spec spec) {
        StringBuilder text = new StringBuilder(spec.kind.name());
        add(text, "at", spec.instant);
        add(text, "in", spec.duration);
        if (spec.cron != null) {
            add(text, "zone", spec.cron.zone());
            add(text, "gap", spec.cron.gap());
            add(text, "overlap", spec.cron.overlap());
        }
        add(text, "start", spec.start);
        add(text, "end", spec.end);
        if (spec.maxRuns != Long.MAX_VALUE) {
            add(text, "max", spec.maxRuns);
        }
        if (!spec.jitter.isZero()) {
            add(text, "jitter", spec.jitter);
        }
        String tail = spec.cron == null ? spec.name : spec.cron.expression();
        return tail == null ? text.toString() : text.append(TAIL).append(tail).toString();
    }

    private static void add(StringBuilder text, String word, @org.jspecify.annotations.Nullable Object value) {
        if (value != null) {
            text.append(' ').append(word).append(' ').append(value);
        }
    }

    static Trigger parse(String text) {
        int colon = text.indexOf(TAIL);
        String tail = colon < 0 ? "" : text.substring(colon + TAIL.length());
        String[] words = (colon < 0 ? text : text.substring(0, colon)).split(" ");
        try {
            Trigger.Spec spec = new Trigger.Spec(Trigger.Kind.valueOf(words[0]));
            if (spec.kind == Trigger.Kind.CRON) {
                spec.cron = Cron.parse(tail);
            } else if (spec.kind == Trigger.Kind.CUSTOM) {
                spec.name = tail;
            }
            for (int i = 1; i < words.length; i += 2) {
                read(spec, words[i], words[i + 1]);
            }
            checkComplete(spec);
            return Trigger.of(spec);
        } catch (DateTimeException | IllegalArgumentException | ArrayIndexOutOfBoundsException malformed) {
            throw new InvalidTaskException(
                    "trigger", text, "write, for example, EVERY in PT1H or CRON zone UTC : 0 9 * * *");
        }
    }

    private static void checkComplete(Trigger.Spec spec) {
        boolean isComplete = switch (spec.kind) {
            case NOW -> true;
            case AT -> spec.instant != null;
            case AFTER -> spec.duration != null && !spec.duration.isNegative();
            case EVERY, FIXED_DELAY -> spec.durationMicros > 0;
            case CRON -> spec.cron != null;
            case CUSTOM -> spec.name != null && !spec.name.isBlank();
        };
        if (!isComplete) {
            throw new IllegalArgumentException(spec.kind + " lacks its value");
        }
    }

    private static void read(Trigger.Spec spec, String word, String value) {
        Cron cron = spec.cron;
        switch (word) {
            case "at" -> spec.instant = Instant.parse(value);
            case "in" -> {
                spec.duration = Duration.parse(value);
                spec.durationMicros = Checks.micros(spec.duration);
            }
            case "start" -> spec.start = Instant.parse(value);
            case "end" -> spec.end = Instant.parse(value);
            case "max" -> spec.maxRuns = Long.parseLong(value);
            case "jitter" -> spec.jitter = Duration.parse(value);
            default -> {
                if (cron == null) {
                    throw new IllegalArgumentException(word);
                }
                spec.cron = switch (word) {
                    case "zone" -> cron.zone(value);
                    case "gap" -> cron.gap(Cron.Gap.valueOf(value));
                    case "overlap" -> cron.overlap(Cron.Overlap.valueOf(value));
                    default -> throw new IllegalArgumentException(word);
                };
            }
        }
    }
}
