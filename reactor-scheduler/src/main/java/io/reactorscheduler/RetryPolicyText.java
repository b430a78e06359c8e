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

    /** By the factories and refinements that users call, so that what they refuse is refused here too. */
    static RetryPolicy parse(String text) {
        if (text.equals("NEVER")) {
            return RetryPolicy.never();
        }
        String[] words = text.split(" ");
        try {
            long retries = Long.parseLong(words[1]);
            Duration delay = Duration.parse(words[2]);
            RetryPolicy policy = switch (RetryPolicy.Backoff.valueOf(words[0])) {
                case FIXED -> RetryPolicy.fixed(retries, delay);
                case LINEAR -> RetryPolicy.linear(retries, delay);
                case EXPONENTIAL -> RetryPolicy.exponential(retries, delay).jitter(0);
            };
            for (int i = 3; i < words.length; i += 2) {
                policy = refined(policy, words[i], words[i + 1]);
            }
            return policy;
        } catch (IllegalArgumentException | DateTimeParseException | ArrayIndexOutOfBoundsException malformed) {
            throw new InvalidTaskException(
                    "retry", text, "write NEVER or, for example, FIXED 3 PT1S cap PT1M jitter 0.1");
        }
    }

    private static RetryPolicy refined(RetryPolicy policy, String word, String value) {
        return switch (word) {
            case "cap" -> policy.cap(Duration.parse(value));
            case "jitter" -> policy.jitter(Double.parseDouble(value));
            case "deadline" -> policy.deadline(Duration.parse(value));
            case "only" -> policy.onlyOn(names(value));
            case "not" -> policy.notOn(names(value));
            default -> throw new IllegalArgumentException(word);
        };
    }

    private static List<String> names(String value) {
        List<String> names = List.of(value.split(",", -1));
        if (names.contains("")) {
            throw new IllegalArgumentException(value);
        }
        return names;
    }
}
