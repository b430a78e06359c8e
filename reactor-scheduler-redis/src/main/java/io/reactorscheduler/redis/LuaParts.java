package io.reactorscheduler.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files that a script is put together from: the parts that headers name in a line {@code -- USES: part other}, each once
 * and after the parts that it uses itself, then that of the script.
 *
 * <p>Outside of functions, a part has constants, named in capitals, and variables of a call, which are not and stand in one
 * line each. Constants may use nothing that Lua or Redis brings along, because a library is loaded without.
 */
final class LuaParts {

    private static final String FOLDER = "lua/";
    private static final String USES = "-- USES:";
    /** A variable of a call is made, or is given another value. */
    private static final Pattern OF_A_CALL =
            Pattern.compile("(?:local )?((?![A-Z][A-Z_])\\w+(?:, \\w+)*) = (?!function).*");

    /** Lines by the name of their file. */
    private final Map<String, List<String>> parts = new LinkedHashMap<>();

    private final List<String> script;

    private LuaParts(String name) {
        this.script = add(name);
        parts.remove(name);
    }

    static LuaParts of(String name) {
        return new LuaParts(name);
    }

    private List<String> add(String name) {
        String source = read(name);
        source.lines()
                .filter(line -> line.startsWith(USES))
                .flatMap(line -> List.of(line.substring(USES.length()).trim().split(" +")).stream())
                .filter(part -> !parts.containsKey(part))
                .forEach(this::add);
        // comments are for readers of the file, not for the server
        List<String> lines = source.lines()
                .filter(line -> !line.isBlank() && !line.stripLeading().startsWith("--"))
                .toList();
        parts.put(name, lines);
        return lines;
    }

    private static String read(String name) {
        try (InputStream in = LuaParts.class.getResourceAsStream(FOLDER + name + ".lua")) {
            return new String(
                    Objects.requireNonNull(in, () -> "no script " + name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** All in one text, for EVAL. */
    String script() {
        List<String> lines = new ArrayList<>();
        parts.values().forEach(lines::addAll);
        lines.addAll(script);
        return text(lines);
    }

    /** A library of one function, for FUNCTION LOAD: what is of a call is made when a call begins, the rest once. */
    String library(String function) {
        List<String> lines = new ArrayList<>(List.of("#!lua name=" + function, "local KEYS, ARGV"));
        List<String> begins = new ArrayList<>();
        parts.forEach((name, part) -> {
            List<String> begin = new ArrayList<>();
            for (String line : part) {
                Matcher ofACall = OF_A_CALL.matcher(line);
                if (!ofACall.matches()) {
                    lines.add(line);
                    continue;
                }
                begin.add(line.replaceFirst("^local ", ""));
                if (line.startsWith("local ")) {
                    lines.add("local " + ofACall.group(1));
                }
            }
            if (!begin.isEmpty()) {
                // a function for each part: Lua lets one use sixty variables from outside
                addFunction("begin_" + name, begin, lines);
                begins.add("begin_" + name + "()");
            }
        });
        addFunction("run", script, lines);
        lines.add("redis.register_function('" + function + "', function(keys, args)");
        lines.add("KEYS, ARGV = keys, args");
        lines.addAll(begins);
        lines.add("return run()");
        lines.add("end)");
        return text(lines);
    }

    private static void addFunction(String name, List<String> body, List<String> lines) {
        lines.add("local function " + name + "()");
        lines.addAll(body);
        lines.add("end");
    }

    private static String text(List<String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line.strip()).append('\n'));
        return text.toString();
    }
}
