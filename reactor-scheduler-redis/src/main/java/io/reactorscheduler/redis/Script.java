package io.reactorscheduler.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * One Lua script: the text of {@code lua/<name>.lua}, after the parts that its header names in a line
 * {@code -- USES: part other}, each once and with the parts those use before them.
 *
 * <p>The name ends in the number of its keys.
 */
final class Script {

    private static final String FOLDER = "lua/";
    private static final String USES = "-- USES:";

    private final String name;
    private final String text;
    private final String sha;

    private Script(String name, String text) {
        this.name = name;
        this.text = text;
        this.sha = sha(text);
    }

    /** The script of this name. */
    static Script named(String name) {
        StringBuilder text = new StringBuilder();
        add(name, text, new LinkedHashSet<>());
        return new Script(name, text.toString());
    }

    private static void add(String name, StringBuilder text, Set<String> added) {
        if (!added.add(name)) {
            return;
        }
        String source = read(name);
        source.lines().filter(line -> line.startsWith(USES)).forEach(line -> {
            for (String part : line.substring(USES.length()).trim().split(" +")) {
                add(part, text, added);
            }
        });
        // comments and indents are for readers of the file, not for the server
        source.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("--"))
                .forEach(line -> text.append(line).append('\n'));
    }

    private static String read(String name) {
        try (InputStream in = Script.class.getResourceAsStream(FOLDER + name + ".lua")) {
            return new String(
                    Objects.requireNonNull(in, () -> "no script " + name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String sha(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    String name() {
        return name;
    }

    String text() {
        return text;
    }

    /** What the server knows it by once it has seen it. */
    String sha() {
        return sha;
    }

    @Override
    public String toString() {
        return name;
    }
}
