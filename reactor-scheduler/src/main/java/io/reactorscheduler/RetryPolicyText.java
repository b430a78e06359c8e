package io.reactorscheduler;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;

/** The one-line form of a {@link RetryPolicy}: {@code EXPONENTIAL 3 PT1S cap PT1H jitter 0.1 not java.io.IOException}. */
final class RetryPolicyText {

    private RetryPolicyText() {}

    static String format(RetryPolicy.Spec spec) {
        if (spec.max == 0) {
            return "NEVER";
        }
        StringBuilder text = new StringBuilder()
                .append(spec.backoff)
                .append(' ')
                .append(spec.max)
                .append(' ')
                .append(spec.delay);
        if (!spec.cap.equals(RetryPolicy.DEFAULT_CAP)) {
            text.append(" cap ").append(spec.cap);
        }
        if (spec.jitter > 0) {
            text.append(" jitter ").append(spec.jitter);
        }
        if (spec.deadline != null) {
            text.append(" deadline ").append(spec.deadline);
        }
        if (!spec.only.isEmpty()) {
            text.append(" only ").append(String.join(",", spec.only));
        }
        if (!spec.not.isEmpty()) {
            text.append(" not ").append(String.join(",", spec.not));
        }
        return text.toString();
    }

    static RetryPolicy parse(String text) {
        if (text.equals("NEVER")) {
            return RetryPolicy.never();
        }
        String[] words = text.split(" ");
        try {
            RetryPolicy.Spec spec = new RetryPolicy.Spec();
            spec.backoff = RetryPolicy.Backoff.valueOf(words[0]);
            spec.max = Long.parseLong(words[1]);
            spec.delay = Duration.parse(words[2]);
            for (int i = 3; i < words.length; i += 2) {
                String value = words[i + 1];
                switch (words[i]) {
                    case "cap" -> spec.cap = Duration.parse(value);
                    case "jitter" -> spec.jitter = Double.parseDouble(value);
                    case "deadline" -> spec.deadline = Duration.parse(value);
                    case "only" -> spec.only = List.of(value.split(","));
                    case "not" -> spec.not = List.of(value.split(","));
                    default -> throw new IllegalArgumentException(words[i]);
                }
            }
            return RetryPolicy.of(spec);
        } catch (IllegalArgumentException | DateTimeParseException | ArrayIndexOutOfBoundsException malformed) {
            throw new InvalidTaskException(
                    "retry", text, "write NEVER or, for example, FIXED 3 PT1S cap PT1M jitter 0.1");
        }
    }
}
