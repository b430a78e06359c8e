package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the header of a script says must be what its body does. */
class ScriptTest {

    private static final int MOST_LINES = 90;
    private static final Pattern CALLED = Pattern.compile("[a-z]+-([0-9]+)");
    private static final Pattern INDEX = Pattern.compile("\\b(KEYS|ARGV)\\[([0-9]+)\\]");
    private static final Pattern OUTSIDE_OF_FUNCTIONS = Pattern.compile("(?:$|--| |local function |end$|\\}$"
            + "|local [A-Z][A-Z_]+(?:, [A-Z][A-Z_]+)* = |for \\w+ = \\d+, \\d+ do [A-Z][A-Z_]+\\["
            + "|local (?:P|[a-z_]+)(?:, [a-z_]+)* = (?!function).*[^{(]$|[a-z_]+ = [a-z_]+$).*");
    private static final Pattern CHANGES_A_CONSTANT =
            Pattern.compile("^ .*\\b[A-Z][A-Z_]+(?:\\[[^\\]]*\\]|\\.\\w+)* = ");
    private static final Pattern REPEATED = Pattern.compile("for \\w+ = ([0-9]+), #ARGV, ([0-9]+) do");

    @TestFactory
    Stream<DynamicTest> everyScriptThatIsCalledSaysItsKeysItsArgumentsAndWhatItReturns() {
        return LuaSource.scripts()
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
                    assertThat(indexes("KEYS", source))
                            .containsExactlyElementsOf(
                                    IntStream.rangeClosed(1, keys).boxed().toList());
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

    private static TreeSet<Integer> indexes(String what, LuaSource source) {
        return INDEX.matcher(source.whole())
                .results()
                .filter(found -> found.group(1).equals(what))
                .map(found -> Integer.valueOf(found.group(2)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Arguments, then perhaps those of each element, {@code per element: one two}, or any number of them, {@code names...}. */
    private record Arguments(int fixed, String repeated) {

        static Arguments of(LuaSource source) {
            List<String> said = LuaSource.elements(source.heading("ARGV"));
            int fixed = 0;
            while (fixed < said.size()
                    && !said.get(fixed).startsWith("per ")
                    && !said.get(fixed).endsWith("...")) {
                fixed++;
            }
            return new Arguments(
                    said.get(0).equals("none") ? 0 : fixed, String.join(", ", said.subList(fixed, said.size())));
        }

        int ofEach() {
            return repeated.replaceAll("\\(.*?\\)", "")
                    .replaceFirst("^per [^:]*: ", "")
                    .strip()
                    .split(" +")
                    .length;
        }
    }

    @TestFactory
    Stream<DynamicTest> asManyArgumentsAsTheHeaderSaysAreUsed() {
        return LuaSource.scripts()
                .map(source -> DynamicTest.dynamicTest(source.name(), () -> {
                    Arguments said = Arguments.of(source);
                    assertThat(indexes("ARGV", source))
                            .as("ARGV: each of those that come once")
                            .containsExactlyElementsOf(IntStream.rangeClosed(1, said.fixed())
                                    .boxed()
                                    .toList());
                    assertThat(source.body().contains("#ARGV") || source.body().contains("ipairs(ARGV)"))
                            .as("ARGV: any number of them")
                            .isEqualTo(!said.repeated().isEmpty());
                    Matcher repeated = REPEATED.matcher(source.body());
                    while (repeated.find()) {
                        assertThat(repeated.group(1))
                                .as("where they begin")
                                .isEqualTo(String.valueOf(said.fixed() + 1));
                        assertThat(repeated.group(2))
                                .as("how many are of each")
                                .isEqualTo(String.valueOf(said.ofEach()));
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> asManyPartsAsTheHeaderSaysAreReturned() {
        return LuaSource.scripts()
                .map(source -> DynamicTest.dynamicTest(source.name(), () -> {
                    List<List<String>> said = LuaSource.split(source.heading("RETURNS"), ';').stream()
                            .map(one -> LuaSource.elements(one.strip().replaceFirst("^or ", "")))
                            .toList();
                    assertThat(source.returned().stream().map(List::size).collect(Collectors.toSet()))
                            .as("how many parts, in each case")
                            .isEqualTo(said.stream().map(List::size).collect(Collectors.toSet()));
                    for (List<String> parts : source.returned()) {
                        assertThat(parts.get(0).equals("out(now)"))
                                .as("the time of the server first")
                                .isEqualTo(said.get(0).get(0).equals("now"));
                    }
                }));
    }

    /** Else it would be made when the library is loaded, and what one call leaves there would be found by the next. */
    @TestFactory
    Stream<DynamicTest> whatPartsHaveOutsideOfFunctionsAreConstantsInCapitalsAndVariablesInOneLineEach() {
        return LuaSource.all().stream()
                .filter(source -> !source.isCalled())
                .map(part -> DynamicTest.dynamicTest(
                        part.name(),
                        () -> assertThat(part.body().lines())
                                .allMatch(OUTSIDE_OF_FUNCTIONS.asMatchPredicate())
                                .noneMatch(CHANGES_A_CONSTANT.asPredicate())));
    }

    @TestFactory
    Stream<DynamicTest> scriptsAreShort() {
        return LuaSource.all().stream()
                .map(source -> DynamicTest.dynamicTest(
                        source.name(), () -> assertThat(source.lines()).hasSizeLessThanOrEqualTo(MOST_LINES)));
    }

    @TestFactory
    Stream<DynamicTest> partsAreUsed() {
        List<LuaSource> all = LuaSource.all();
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
