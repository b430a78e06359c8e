package io.reactorscheduler.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The file of a script or of a part of scripts. A header is the comments at its start, a heading goes on in lines with an indent. */
record LuaSource(String name, List<String> lines) {

    private static final Path FOLDER = Path.of("src/main/resources/io/reactorscheduler/redis/lua");
    private static final Pattern CALLED = Pattern.compile("[a-z]+-[0-9]+");

    static List<LuaSource> all() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().map(LuaSource::read).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Those that are called. */
    static Stream<LuaSource> scripts() {
        return all().stream().filter(LuaSource::isCalled);
    }

    private static LuaSource read(Path file) {
        try {
            return new LuaSource(file.getFileName().toString().replace(".lua", ""), Files.readAllLines(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    boolean isCalled() {
        return CALLED.matcher(name).matches();
    }

    /** The name without the number of keys. */
    String verb() {
        return name.replaceAll("-[0-9]+$", "");
    }

    List<String> header() {
        return lines.stream().takeWhile(line -> line.startsWith("--")).toList();
    }

    String body() {
        return String.join("\n", lines.subList(header().size(), lines.size()));
    }

    /** What stands under a heading (KEYS, ARGV, RETURNS, USES), in one line; empty where there is none. */
    String heading(String what) {
        StringBuilder found = new StringBuilder();
        boolean isIn = false;
        for (String line : header()) {
            if (line.startsWith("-- " + what + ": ")) {
                isIn = true;
                found.append(line.substring(what.length() + 5));
            } else {
                isIn = isIn && line.startsWith("--   ");
                found.append(isIn ? line.substring(4) : "");
            }
        }
        return found.toString();
    }

    /** The bodies of this and of all parts that it is put together from. */
    String whole() {
        Map<String, LuaSource> byName = all().stream().collect(Collectors.toMap(LuaSource::name, source -> source));
        Map<String, String> found = new LinkedHashMap<>();
        add(this, byName, found);
        return String.join("\n", found.values());
    }

    private static void add(LuaSource source, Map<String, LuaSource> byName, Map<String, String> found) {
        if (found.putIfAbsent(source.name, source.body()) == null) {
            for (String part : source.heading("USES").split(" ")) {
                if (!part.isEmpty()) {
                    add(byName.get(part), byName, found);
                }
            }
        }
    }

    // ---- lists in texts

    /** The elements of a list, without what stands in parentheses or braces. */
    static List<String> elements(String list) {
        return split(list, ',').stream().map(String::strip).toList();
    }

    /** What is between separators, leaving out those in parentheses, braces and brackets. */
    static List<String> split(String text, char separator) {
        List<String> found = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        int depth = 0;
        for (char c : text.toCharArray()) {
            depth += "({[".indexOf(c) >= 0 ? 1 : ")}]".indexOf(c) >= 0 ? -1 : 0;
            if (c == separator && depth == 0) {
                found.add(part.toString());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        found.add(part.toString());
        return found;
    }

    /** The tables that the script itself returns, not its functions: the texts of their elements. */
    Set<List<String>> returned() {
        Set<List<String>> found = new java.util.LinkedHashSet<>();
        boolean isInFunction = false;
        for (String line : body().lines().toList()) {
            boolean isOneLine = line.endsWith(" end");
            if (line.startsWith("local function ")) {
                isInFunction = !isOneLine;
            } else if (isInFunction) {
                isInFunction = !line.equals("end");
            } else if (line.contains("return {")) {
                String table = line.substring(line.indexOf("return {") + "return {".length());
                found.add(elements(table.substring(0, table.lastIndexOf('}'))));
            }
        }
        return found;
    }
}
