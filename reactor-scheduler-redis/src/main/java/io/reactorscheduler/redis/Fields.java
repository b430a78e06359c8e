package io.reactorscheduler.redis;

import java.util.function.BiConsumer;

/**
 * Named values as one text: a letter, the length of the value in characters, a colon, the value; one after the other. No
 * value needs escaping, and a reader passes over letters that it does not know.
 */
final class Fields {

    private static final int DECIMAL = 10;

    private final StringBuilder text = new StringBuilder();

    Fields add(char name, Object value) {
        String written = value.toString();
        text.append(name).append(written.length()).append(':').append(written);
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /** Gives each name and value in their order; {@link IllegalArgumentException} for a text that is damaged. */
    static void read(String text, BiConsumer<Character, String> field) {
        int at = 0;
        while (at < text.length()) {
            int colon = text.indexOf(':', at);
            if (colon < 0) {
                throw new IllegalArgumentException("damaged fields: " + text);
            }
            int length = Integer.parseInt(text, at + 1, colon, DECIMAL);
            int end = colon + 1 + length;
            if (length < 0 || end > text.length()) {
                throw new IllegalArgumentException("damaged fields: " + text);
            }
            field.accept(text.charAt(at), text.substring(colon + 1, end));
            at = end;
        }
    }
}
