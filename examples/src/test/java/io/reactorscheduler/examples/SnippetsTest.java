package io.reactorscheduler.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every Java block of the pages is code of these tests: a block is the text of a region, white space aside. A region
 * begins with {@code // tag::name} and ends with {@code // end::name}; those of one name are one region, in their order.
 */
class SnippetsTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("^```java\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern MARK = Pattern.compile("\\s*// (tag|end)::([\\w-]+)\\s*");

    @ParameterizedTest
    @MethodSource("pages")
    void everyJavaBlockIsARegionOfATest(Path page) throws IOException {
        Set<String> regions = new HashSet<>(regions().values());
        List<String> strangers = blocks(page).stream()
                .filter(block -> !regions.contains(squeezed(block)))
                .toList();
        assertThat(strangers)
                .as("Java blocks of %s that no test holds between // tag::name and // end::name", page)
                .isEmpty();
    }

    @Test
    void everyRegionStandsInAPage() throws IOException {
        Set<String> shown = new HashSet<>();
        for (Path page : pages().toList()) {
            blocks(page).forEach(block -> shown.add(squeezed(block)));
        }
        Map<String, String> unused = new HashMap<>(regions());
        unused.values().removeAll(shown);
        assertThat(unused.keySet()).as("regions that no page shows").isEmpty();
    }

    static Stream<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            List<Path> pages =
                    new ArrayList<>(docs.filter(page -> page.toString().endsWith(".md"))
                            .sorted()
                            .toList());
            pages.add(ROOT.resolve("README.md"));
            return pages.stream();
        }
    }

    private static List<String> blocks(Path page) throws IOException {
        Matcher matcher = BLOCK.matcher(Files.readString(page));
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    /** The regions of all sources of this module, and of the tests of the test kit, by name, squeezed. */
    private static Map<String, String> regions() throws IOException {
        Map<String, String> regions = new HashMap<>();
        for (Path tree : List.of(Path.of("src"), ROOT.resolve("reactor-scheduler-test/src/test"))) {
            try (Stream<Path> files = Files.walk(tree)) {
                for (Path source :
                        files.filter(file -> file.toString().endsWith(".java")).toList()) {
                    collect(source, regions);
                }
            }
        }
        regions.replaceAll((name, text) -> squeezed(text));
        return regions;
    }

    private static void collect(Path source, Map<String, String> regions) throws IOException {
        Set<String> open = new HashSet<>();
        for (String line : Files.readAllLines(source)) {
            Matcher mark = MARK.matcher(line);
            if (!mark.matches()) {
                open.forEach(name -> regions.merge(name, line + "\n", String::concat));
            } else if (mark.group(1).equals("tag")) {
                assertThat(open.add(mark.group(2)))
                        .as("%s opens %s once", source, mark.group(2))
                        .isTrue();
            } else {
                assertThat(open.remove(mark.group(2)))
                        .as("%s opens %s before it ends", source, mark.group(2))
                        .isTrue();
            }
        }
        assertThat(open).as("regions that %s does not end", source).isEmpty();
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", "");
    }
}
