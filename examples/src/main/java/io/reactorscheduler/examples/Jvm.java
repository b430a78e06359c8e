package io.reactorscheduler.examples;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** A Java process that prints lines, and ends with this one because its standard input does. */
final class Jvm {

    private final Process process;

    private Jvm(Process process) {
        this.process = process;
    }

    static Jvm start(Class<?> main, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(),
                main.getName()));
        command.addAll(List.of(args));
        return new Jvm(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** What it prints, until it ends. */
    Flux<String> lines() {
        return Flux.using(
                        process::inputReader,
                        reader -> Flux.<String>generate(sink -> {
                            String line = next(reader);
                            if (line == null) {
                                sink.complete();
                            } else {
                                sink.next(line);
                            }
                        }),
                        reader -> process.destroyForcibly())
                .subscribeOn(Schedulers.boundedElastic());
    }

    /** Kills it as {@code kill -9} does. */
    void kill() {
        process.destroyForcibly();
    }

    private static @Nullable String next(BufferedReader reader) {
        try {
            return reader.readLine();
        } catch (IOException killed) {
            return null;
        }
    }

    /** Maven runs examples in a class loader of their own, of which java.class.path knows nothing. */
    private static String classPath() {
        ClassLoader loader = Jvm.class.getClassLoader();
        return loader instanceof URLClassLoader urls
                ? Arrays.stream(urls.getURLs())
                        .map(URL::toString)
                        .map(url -> Path.of(URI.create(url)).toString())
                        .collect(Collectors.joining(File.pathSeparator))
                : System.getProperty("java.class.path");
    }
}
