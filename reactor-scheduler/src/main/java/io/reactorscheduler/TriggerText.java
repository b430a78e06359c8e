package io.reactorscheduler;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * The one-line form of a {@link Trigger}: the kind and its value, then refinements as pairs of words, then for cron the
 * expression, which is last because it contains spaces: {@code CRON zone Europe/Paris gap SKIP : 0 9 * * MON-FRI}.
 */
final class TriggerText {

    private static final String TAIL = " : ";

    private TriggerText() {}

    static String format(Trigger trigger) {
        StringBuilder text = new StringBuilder(trigger.kind().name());
        add(text, "at", trigger.instant());
        add(text, "in", trigger.duration());
        Cron cron = trigger.cron();
        if (cron != null) {
            add(text, "dialect", cron.dialect());
            add(text, "zone", cron.zone());
            add(text, "gap", cron.gap());
            add(text, "twice", cron.twice());
        }
        add(text, "start", trigger.startAt());
        add(text, "end", trigger.endAt());
        if (trigger.maxRuns() != Long.MAX_VALUE) {
            add(text, "max", trigger.maxRuns());
        }
        if (!trigger.jitter().isZero()) {
            add(text, "jitter", trigger.jitter());
        }
        Trigger.Custom custom = trigger.custom();
        if (custom != null) {
            text.append(TAIL).append(custom.name());
        }
        return cron == null
                ? text.toString()
                : text.append(TAIL).append(cron.expression()).toString();
    }

    private static void add(StringBuilder text, String word, @org.jspecify.annotations.Nullable Object value) {
        if (value != null) {
            text.append(' ').append(word).append(' ').append(value);
        }
    }

    /** By the factories and refinements that users call, so that what they refuse is refused here too. */
    static Trigger parse(String text) {
        int colon = text.indexOf(TAIL);
        String tail = colon < 0 ? "" : text.substring(colon + TAIL.length());
        String[] words = (colon < 0 ? text : text.substring(0, colon)).split(" ");
        try {
            Map<String, String> values = new HashMap<>();
            for (int i = 1; i < words.length; i += 2) {
                values.put(words[i], words[i + 1]);
            }
            Trigger trigger = refined(base(Trigger.Kind.valueOf(words[0]), values, tail), values);
            if (!values.isEmpty()) {
                throw new IllegalArgumentException("unknown: " + values);
            }
            return trigger;
        } catch (DateTimeException | IllegalArgumentException | ArrayIndexOutOfBoundsException malformed) {
            throw new InvalidTaskException(
                    "trigger", text, "write, for example, EVERY in PT1H or CRON zone UTC : 0 9 * * *");
        }
    }

    private static Trigger base(Trigger.Kind kind, Map<String, String> values, String tail) {
        return switch (kind) {
            case NOW -> Trigger.now();
            case AT -> Trigger.at(Instant.parse(take(values, "at")));
            case AFTER -> Trigger.after(Duration.parse(take(values, "in")));
            case EVERY -> Trigger.every(Duration.parse(take(values, "in")));
            case FIXED_DELAY -> Trigger.fixedDelay(Duration.parse(take(values, "in")));
            case CRON -> Trigger.cron(cron(values, tail));
            case CUSTOM -> Trigger.named(tail);
        };
    }

    private static Cron cron(Map<String, String> values, String expression) {
        Cron cron = values.containsKey("dialect")
                ? Cron.of(Cron.Dialect.valueOf(take(values, "dialect")), expression)
                : Cron.parse(expression);
        if (values.containsKey("zone")) {
            cron = cron.zone(take(values, "zone"));
        }
        if (values.containsKey("gap")) {
            cron = cron.gap(Cron.Gap.valueOf(take(values, "gap")));
        }
        return values.containsKey("twice") ? cron.twice(Cron.Twice.valueOf(take(values, "twice"))) : cron;
    }

    private static Trigger refined(Trigger base, Map<String, String> values) {
        Trigger trigger = base;
        if (values.containsKey("start")) {
            trigger = trigger.startAt(Instant.parse(take(values, "start")));
        }
        if (values.containsKey("end")) {
            trigger = trigger.endAt(Instant.parse(take(values, "end")));
        }
        if (values.containsKey("max")) {
            trigger = trigger.maxRuns(Long.parseLong(take(values, "max")));
        }
        return values.containsKey("jitter") ? trigger.jitter(Duration.parse(take(values, "jitter"))) : trigger;
    }

    private static String take(Map<String, String> values, String word) {
        String value = values.remove(word);
        if (value == null) {
            throw new IllegalArgumentException(word + " is missing");
        }
        return value;
    }
}
