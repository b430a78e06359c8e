package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of keys in docs/redis.md has what the scripts use, and nothing else. */
class KeysTest {

    private static final Path PAGE = Path.of("../docs/redis.md");

    /** How parts of scripts name a key: behind the prefix, or to a function that puts the prefix before it. */
    private static final Pattern USED =
            Pattern.compile("(?:\\bP \\.\\. |count_on\\(|walk\\('[A-Z]+', )'([a-zA-Z]+:?)'");

    private static final Pattern ROW = Pattern.compile("\\| `([a-zA-Z]:?)(?:<[^|`]*)?` \\| [a-z ]+ \\| (.*) \\|");
    private static final Set<String> CHANNELS = Set.of("hints", "journal");

    private static String scripts() {
        return LuaSource.all().stream().map(LuaSource::body).collect(Collectors.joining("\n"));
    }

    private static List<Matcher> rows() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .toList();
    }

    private static TreeSet<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyKindOfKeyIsInTheTable() throws IOException {
        TreeSet<String> used = found(USED, scripts());
        used.removeAll(CHANNELS);
        assertThat(rows().stream().map(row -> row.group(1))).containsExactlyInAnyOrderElementsOf(used);
    }

    @Test
    void everyFieldOfTheNamespaceAndOfQueuesIsInTheTable() throws IOException {
        String scripts = scripts();
        assertThat(fieldsInTheTable("m"))
                .isEqualTo(fields(scripts, "COUNTED = \\{.*\\}|.*P \\.\\. 'm'.*", Set.of("m")));
        assertThat(fieldsInTheTable("Q:"))
                .isEqualTo(fields(scripts, "local FIELDS = \\{.*\\}|.*(P \\.\\. 'Q:'|, hash, '|names = ).*", Set.of()));
    }

    private static TreeSet<String> fieldsInTheTable(String key) throws IOException {
        return rows().stream()
                .filter(row -> row.group(1).equals(key))
                .map(row -> found(Pattern.compile("`([a-zA-Z])`"), row.group(2)))
                .findFirst()
                .orElseThrow();
    }

    /** All letters in quotes on lines of scripts that are of this kind. */
    private static TreeSet<String> fields(String scripts, String lines, Set<String> others) {
        TreeSet<String> found = found(
                Pattern.compile("'([a-zA-Z])'"),
                Pattern.compile(lines)
                        .matcher(scripts)
                        .results()
                        .map(line -> line.group())
                        .collect(Collectors.joining("\n")));
        found.removeAll(others);
        return found;
    }

    /** Names of keys are joined by colons, and a slot is said in braces: no other class of the module has such a text. */
    @Test
    void noOtherClassOfJavaMakesAKey() throws IOException {
        Pattern key = Pattern.compile("\"(\\{|[^\"\\n]*}:?|:[a-z]+:?)\"");
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".java"))
                            .filter(file -> key.matcher(code(file)).find())
                            .map(file -> file.getFileName().toString()))
                    .containsExactly("RedisKeys.java");
        }
    }

    /** Without comments and messages. */
    private static String code(Path file) {
        try {
            return Files.readString(file).replaceAll("(?s)/\\*.*?\\*/|//[^\n]*", "");
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
