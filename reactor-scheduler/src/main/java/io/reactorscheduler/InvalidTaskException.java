package io.reactorscheduler;

import org.jspecify.annotations.Nullable;

/**
 * Says that an argument that describes a task cannot be used: its message names the field and the value and says what
 * to give instead.
 *
 * <p>It is thrown by the call that got the argument, before anything is saved. The value is cut to 80 characters and
 * its control and other invisible characters are escaped, so that the message is safe to log.
 */
public final class InvalidTaskException extends SchedulerException {

    private static final long serialVersionUID = 1L;
    private static final int SHOWN_CHARACTERS = 80;

    private final String field;

    /**
     * Creates an error whose message reads {@code field value: advice}.
     *
     * @param field the name of the parameter, such as {@code cron}
     * @param value the value as given, null when null was given
     * @param advice what is wrong with it and what to give instead
     */
    public InvalidTaskException(String field, @Nullable Object value, String advice) {
        this(field, value, advice, null);
    }

    InvalidTaskException(String field, @Nullable Object value, String advice, @Nullable Throwable cause) {
        super(field + " " + shown(value) + ": " + advice, null, null, cause);
        this.field = field;
    }

    /** The name of the parameter that cannot be used. */
    public String field() {
        return field;
    }

    /** The value as it stands in a message: text in quotes, cut when long, invisible characters escaped. */
    static String shown(@Nullable Object value) {
        String text = String.valueOf(value);
        boolean quoted = value instanceof CharSequence;
        StringBuilder shown = new StringBuilder(quoted ? "\"" : "");
        text.codePoints().limit(SHOWN_CHARACTERS).forEach(c -> {
            if (isVisible(c)) {
                shown.appendCodePoint(c);
            } else {
                shown.append(String.format("\\u%04X", c));
            }
        });
        if (text.codePointCount(0, text.length()) > SHOWN_CHARACTERS) {
            shown.append("...");
        }
        if (quoted) {
            shown.append('"');
        }
        if (text.length() > SHOWN_CHARACTERS) {
            shown.append(" (").append(text.length()).append(" characters)");
        }
        return shown.toString();
    }

    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            case Character.SPACE_SEPARATOR -> codePoint == ' ';
            default -> true;
        };
    }
}
