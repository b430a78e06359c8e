package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the header of a script says must be what its body does. */
class ScriptTest {

    private static final Path FOLDER = Path.of("src/main/resources/io/reactorscheduler/redis/lua");
    private static final int MOST_LINES = 90;
    private static final Pattern CALLED = Pattern.compile("[a-z]+-([0-9]+)");
    private static final Pattern HEADING = Pattern.compile("-- (KEYS|ARGV|RETURNS|USES): (.+)");
    private static final Pattern LARGEST_INDEX = Pattern.compile("\\b(KEYS|ARGV)\\[([0-9]+)");

    private record Source(String name, List<String> lines) {

        List<String> header() {
            return lines.stream().takeWhile(line -> line.startsWith("--")).toList();
        }

        String body() {
            return String.join("\n", lines.subList(header().size(), lines.size()));
        }

        String heading(String what) {
            return header().stream()
                    .map(HEADING::matcher)
                    .filter(found -> found.matches() && found.group(1).equals(what))
                    .map(found -> found.group(2))
                    .findFirst()
                    .orElse("");
        }

        boolean isCalled() {
            return CALLED.matcher(name).matches();
        }

        int largest(String what) {
            Matcher found = LARGEST_INDEX.matcher(body());
            int largest = 0;
            while (found.find()) {
                largest = found.group(1).equals(what) ? Math.max(largest, Integer.parseInt(found.group(2))) : largest;
            }
            return largest;
        }
    }

    private static List<Source> sources() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted()
                    .map(file -> {
                        try {
                            return new Source(
                                    file.getFileName().toString().replace(".lua", ""), Files.readAllLines(file));
                        } catch (IOException unreadable) {
                            throw new UncheckedIOException(unreadable);
                        }
                    })
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @TestFactory
    Stream<DynamicTest> everyScriptThatIsCalledSaysItsKeysItsArgumentsAndWhatItReturns() {
        return sources().stream()
                .filter(Source::isCalled)
                .map(source -> DynamicTest.dynamicTest(source.name(), () -> {
                    Matcher name = CALLED.matcher(source.name());
                    assertThat(name.matches()).isTrue();
                    assertThat(source.header().get(0)).as("a sentence first").matches("-- [A-Z].*");
                    for (String what : List.of("KEYS", "ARGV", "RETURNS")) {
                        assertThat(source.heading(what)).as(what).isNotEmpty();
                    }
                    int keys = Integer.parseInt(name.group(1));
                    assertThat(source.heading("KEYS").split("[,;]"))
                            .as("KEYS: one for each")
                            .hasSize(keys);
                    assertThat(source.largest("KEYS")).isLessThanOrEqualTo(keys);
                    assertThat(source.heading("ARGV").equals("none"))
                            .as("ARGV: none")
                            .isEqualTo(!source.body().contains("ARGV"));
                    assertThat(source.body()
                                    .strip()
                                    .lines()
                                    .reduce((before, last) -> last)
                                    .orElseThrow())
                            .as("the last line")
                            .startsWith("return ");
                }));
    }

    @TestFactory
    Stream<DynamicTest> scriptsAreShort() {
        return sources().stream()
                .map(source -> DynamicTest.dynamicTest(
                        source.name(), () -> assertThat(source.lines()).hasSizeLessThanOrEqualTo(MOST_LINES)));
    }

    @TestFactory
    Stream<DynamicTest> partsAreUsed() {
        List<Source> all = sources();
        return all.stream()
                .filter(source -> !source.name().matches(".*-[0-9]+"))
                .map(part -> DynamicTest.dynamicTest(
                        part.name(),
                        () -> assertThat(all)
                                .anyMatch(
                                        source -> List.of(source.heading("USES").split(" "))
                                                .contains(part.name()))));
    }
}
