package io.reactorscheduler;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Texts from outside: the lines of a file of examples, good and bad, and what random changes make of them. */
final class Corpus {

    /** Far longer than anything takes on a busy machine; what hangs takes longer. */
    private static final Duration BOUND = Duration.ofSeconds(10);

    private static final String SIGNS =
            "0123456789+-.,:;#/*?@|\"\\{}[]() \t\u0000\u00a0\u2013\u0663\ud83d\ude00PTDHMSLWENaninf";
    private static final int LONG = 20_000;

    private static final ExecutorService THREAD = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "fuzz");
        thread.setDaemon(true);
        return thread;
    });

    private Corpus() {}

    static List<String> lines(String name) {
        try (InputStream in = Corpus.class.getResourceAsStream("/fuzz/" + name + ".txt")) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    /** Lines of a file as they are, changed, put together, very long, and texts that have nothing to do with them. */
    static Arbitrary<String> texts(String name) {
        Arbitrary<String> lines = Arbitraries.of(lines(name));
        Arbitrary<String> changed = lines;
        for (int i = 0; i < 4; i++) {
            changed = Arbitraries.frequencyOf(Tuple.of(1, changed), Tuple.of(3, changed(changed, lines)));
        }
        Arbitrary<String> endless = Combinators.combine(
                        lines, Arbitraries.integers().between(0, 40))
                .as((line, at) -> {
                    int from = at % (line.length() + 1);
                    int to = Math.min(line.length(), from + 1 + at % 4);
                    String part = line.substring(from, to);
                    return line.substring(0, to)
                            + part.repeat(part.isEmpty() ? 0 : LONG / part.length())
                            + line.substring(to);
                });
        return Arbitraries.frequencyOf(
                Tuple.of(2, lines), Tuple.of(20, changed), Tuple.of(1, endless), Tuple.of(3, Arbitraries.strings()));
    }

    private static Arbitrary<String> changed(Arbitrary<String> text, Arbitrary<String> others) {
        return Combinators.combine(
                        text,
                        others,
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.integers().between(0, 200),
                        Arbitraries.integers().between(0, SIGNS.length() - 1))
                .as(Corpus::changed);
    }

    private static String changed(String text, String other, int how, int place, int sign) {
        int at = place % (text.length() + 1);
        int to = Math.min(text.length(), at + 1 + sign % 5);
        String before = text.substring(0, at);
        return switch (how) {
            case 0 -> before + SIGNS.charAt(sign) + text.substring(at);
            case 1 -> before + SIGNS.charAt(sign) + text.substring(Math.min(text.length(), at + 1));
            case 2 -> before + text.substring(to);
            case 3 -> before + text.substring(at, to) + text.substring(at);
            case 4 -> before + other.substring(Math.min(other.length(), at));
            default -> before + other.substring(0, sign % (other.length() + 1)) + text.substring(at);
        };
    }

    /** Does something with a text on a thread of its own; what takes too long, or throws an Error, fails. */
    static void within(String text, Runnable work) {
        Future<?> done = THREAD.submit(work);
        try {
            done.get(BOUND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            done.cancel(true);
            throw new AssertionError("not done within " + BOUND + ": " + InvalidTaskException.shown(text), e);
        } catch (ExecutionException e) {
            throw new AssertionError(InvalidTaskException.shown(text) + ": " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
