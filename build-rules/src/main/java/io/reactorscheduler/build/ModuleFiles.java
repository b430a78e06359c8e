package io.reactorscheduler.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files of the module that a test class belongs to, found from where that class was loaded. */
public final class ModuleFiles {

    private final Path testClasses;

    private ModuleFiles(Path testClasses) {
        this.testClasses = testClasses;
    }

    public static ModuleFiles of(Class<?> testClass) {
        return new ModuleFiles(Path.of(URI.create(
                testClass.getProtectionDomain().getCodeSource().getLocation().toString())));
    }

    /** The directory of the compiled main classes. */
    public Path mainClasses() {
        return testClasses.resolveSibling("classes");
    }

    /** The directory of the compiled tests and their resources. */
    public Path testClasses() {
        return testClasses;
    }

    /** One line for each main source file with more lines than {@code limit}; empty when there is none. */
    public List<String> mainSourcesLongerThan(int limit) {
        Path sources = testClasses.resolve("../../src/main/java").normalize();
        List<String> tooLong = new ArrayList<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(".java"))::iterator) {
                int lines = Files.readAllLines(file).size();
                if (lines > limit) {
                    tooLong.add(sources.relativize(file) + " has " + lines + " lines");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the main sources under " + sources, e);
        }
        return tooLong;
    }
}
