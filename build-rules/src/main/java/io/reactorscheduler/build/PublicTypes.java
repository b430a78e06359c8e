package io.reactorscheduler.build;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The public types of a module, pinned in {@code src/test/resources/public-types.txt}: one name a line. */
public final class PublicTypes {

    private static final String FILE = "public-types.txt";

    private PublicTypes() {}

    /** Fails, saying what to change, unless the compiled public types of the test's module are the listed ones. */
    public static void assertPinned(Class<?> testClass) {
        ModuleFiles module = ModuleFiles.of(testClass);
        Set<String> compiled = compiledIn(module.mainClasses());
        Set<String> listed = listedIn(module.testClasses().resolve(FILE));
        if (!compiled.equals(listed)) {
            throw new AssertionError("The public types of this module are not those of src/test/resources/" + FILE
                    + ".\nIf that is meant, add each line of '+' to the file and take out each line of '-'; otherwise"
                    + " take `public` away, types are package-private by default."
                    + difference("\n+ ", compiled, listed)
                    + difference("\n- ", listed, compiled));
        }
    }

    static Set<String> compiledIn(Path classes) {
        return new ClassFileImporter()
                .importPath(classes).stream()
                        .filter(PublicTypes::isVisible)
                        .map(JavaClass::getName)
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isVisible(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(PublicTypes::isVisible).orElse(true);
    }

    private static Set<String> listedIn(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> !line.isBlank())
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the list of public types " + file, e);
        }
    }

    private static String difference(String prefix, Set<String> some, Set<String> others) {
        List<String> only = some.stream().filter(name -> !others.contains(name)).toList();
        return only.stream().map(name -> prefix + name).collect(Collectors.joining());
    }
}
