package io.reactorscheduler.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.build.ModuleFiles;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The library where Micrometer is not installed: as seen by a class loader that does not know it. */
class OptionalMicrometerTest {

    private static final class Without extends URLClassLoader {

        Without() throws IOException {
            super(classPath(), ClassLoader.getPlatformClassLoader());
        }

        private static URL[] classPath() throws IOException {
            List<URL> urls = new ArrayList<>();
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                urls.add(Path.of(entry).toUri().toURL());
            }
            return urls.toArray(URL[]::new);
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("io.micrometer.")) {
                throw new ClassNotFoundException(name);
            }
            return super.findClass(name);
        }
    }

    private static List<String> classesOutsideOfThisPackage() throws IOException {
        Path classes = ModuleFiles.of(OptionalMicrometerTest.class).mainClasses();
        try (Stream<Path> files = Files.walk(classes)) {
            return files.map(file -> classes.relativize(file).toString().replace(File.separatorChar, '.'))
                    .filter(name ->
                            name.endsWith(".class") && !name.contains(".micrometer.") && !name.endsWith("-info.class"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .toList();
        }
    }

    @Test
    void allClassesOfTheCoreLoadAndASchedulerStarts() throws Exception {
        try (Without without = new Without()) {
            for (String name : classesOutsideOfThisPackage()) {
                Class<?> type = Class.forName(name, true, without);
                assertThat(type.getClassLoader()).isSameAs(without);
                assertThat(type.getDeclaredMethods()).isNotNull();
                assertThat(type.getDeclaredConstructors()).isNotNull();
                assertThat(type.getDeclaredFields()).isNotNull();
            }
            Class<?> entry = Class.forName("io.reactorscheduler.ReactiveScheduler", true, without);
            Object scheduler = entry.getMethod("inMemory").invoke(null);
            entry.getMethod("dispose").invoke(scheduler);
        }
    }

    @Test
    void thisPackageDoesNotLoadThere() throws Exception {
        try (Without without = new Without()) {
            Class<?> type = Class.forName(MicrometerInstrumentation.class.getName(), false, without);

            assertThatThrownBy(type::getDeclaredMethods).isInstanceOf(NoClassDefFoundError.class);
        }
    }
}
