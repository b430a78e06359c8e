package io.reactorscheduler.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files that a script is put together from: the parts that headers name in a line {@code -- USES: part other}, each once
 * and after the parts that it uses itself, then that of the script.
 *
 * <p>Outside of functions, a part has constants, whose names are of two capitals or more, and variables of a call, which have
 * others and stand in one line each. Constants are never changed, and use nothing that Lua or Redis brings along, because a
 * library is loaded without.
 */
final class LuaParts {

    private static final String FOLDER = "lua/";
    private static final String USES = "-- USES:";
    /** A variable of a call is made, or is given another value. */
    private static final Pattern OF_A_CALL =
            Pattern.compile("(?:local )?((?![A-Z][A-Z_])\\w+(?:, \\w+)*) = (?!function\\b).*");

    /** Lines by the name of their file. */
    private final Map<String, List<String>> parts = new LinkedHashMap<>();

    private final Set<String> added = new HashSet<>();
    private final List<String> script;

    private LuaParts(String name) {
        add(name);
        this.script = Objects.requireNonNull(parts.remove(name));
    }

    static LuaParts of(String name) {
        return new LuaParts(name);
    }

    private void add(String name) {
        if (!added.add(name)) {
            return;
        }
        String source = read(name);
        source.lines()
                .filter(line -> line.startsWith(USES))
                .flatMap(line -> Stream.of(line.substring(USES.length()).trim().split(" +")))
                .forEach(this::add);
        // comments are for readers of the file, not for the server
        parts.put(
                name,
                source.lines()
                        .filter(line -> !line.isBlank() && !line.stripLeading().startsWith("--"))
                        .toList());
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

    /**
     * A library of one function, for FUNCTION LOAD: what is of a call is made when a call begins and let go when it has ended,
     * the rest is made once.
     */
    String library(String function) {
        List<String> lines = new ArrayList<>(List.of("#!lua name=" + function, "local KEYS, ARGV"));
        List<String> begins = new ArrayList<>();
        List<String> ends = new ArrayList<>();
        parts.forEach((name, part) -> {
            List<String> begin = new ArrayList<>();
            List<String> end = new ArrayList<>();
            for (String line : part) {
                Matcher ofACall = OF_A_CALL.matcher(line);
                if (!ofACall.matches()) {
                    lines.add(line);
                    continue;
                }
                begin.add(line.replaceFirst("^local ", ""));
                if (line.startsWith("local ")) {
                    lines.add("local " + ofACall.group(1));
                    end.add(ofACall.group(1) + " = nil");
                }
            }
            // functions for each part: Lua lets one use sixty variables from outside
            addFunction("begin_" + name, begin, lines, begins);
            addFunction("end_" + name, end, lines, ends);
        });
        addFunction("run", script, lines, new ArrayList<>());
        lines.add("redis.register_function('" + function + "', function(keys, args)");
        lines.add("KEYS, ARGV = keys, args");
        lines.addAll(begins);
        lines.add("local reply = run()");
        lines.addAll(ends);
        lines.add("KEYS, ARGV = nil, nil");
        lines.add("return reply");
        lines.add("end)");
        return text(lines);
    }

    /** Adds a function without arguments, and a call of it to others; nothing where there is nothing to do. */
    private static void addFunction(String name, List<String> body, List<String> lines, List<String> calls) {
        if (body.isEmpty()) {
            return;
        }
        lines.add("local function " + name + "()");
        lines.addAll(body);
        lines.add("end");
        calls.add(name + "()");
    }

    private static String text(List<String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line.strip()).append('\n'));
        return text.toString();
    }
}
