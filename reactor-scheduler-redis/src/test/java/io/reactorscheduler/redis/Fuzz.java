package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.SchedulerException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Damages what is stored, and looks at what calls make of it. */
final class Fuzz {

    private Fuzz() {}

    /** Some bytes of one of them changed, left out, twice, or of another one. */
    static byte[] changed(List<byte[]> corpus, Random random) {
        byte[] row = corpus.get(random.nextInt(corpus.size()));
        for (int changes = random.nextInt(4); changes >= 0; changes--) {
            byte[] other = corpus.get(random.nextInt(corpus.size()));
            row = changed(row, other, random.nextInt(6), random.nextInt(10_000), random.nextInt(256));
        }
        return row;
    }

    /** Rows as they are, and up to four changes of them. */
    static Arbitrary<byte[]> rows(List<byte[]> corpus) {
        Arbitrary<byte[]> rows = Arbitraries.of(corpus);
        Arbitrary<byte[]> changed = rows;
        for (int i = 0; i < 4; i++) {
            Arbitrary<byte[]> once = Combinators.combine(
                            changed,
                            rows,
                            Arbitraries.integers().between(0, 5),
                            Arbitraries.integers().between(0, 9_999),
                            Arbitraries.integers().between(0, 255))
                    .as(Fuzz::changed);
            changed = Arbitraries.frequencyOf(Tuple.of(1, changed), Tuple.of(3, once));
        }
        return changed;
    }

    private static byte[] changed(byte[] row, byte[] other, int how, int place, int value) {
        if (row.length == 0) {
            return row;
        }
        int at = place % row.length;
        byte[] before = Arrays.copyOf(row, at);
        return switch (how) {
            case 0 -> with(row, at, (byte) value);
            case 1 -> with(row, at, (byte) (row[at] ^ 1 << value % 8));
            case 2 -> before;
            case 3 -> joined(before, from(row, at + 3));
            case 4 -> joined(row, from(row, at));
            default -> joined(before, from(other, at));
        };
    }

    private static byte[] with(byte[] row, int at, byte value) {
        byte[] changed = row.clone();
        changed[at] = value;
        return changed;
    }

    private static byte[] from(byte[] row, int at) {
        return Arrays.copyOfRange(row, Math.min(row.length, at), row.length);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** What a call gives, or one of our errors; nothing else, and not never. */
    static <T> @Nullable T answered(Mono<T> call) {
        try {
            return call.block(RedisTest.PATIENCE);
        } catch (SchedulerException typed) {
            assertThat(typed).hasMessageContaining(" ");
            // a script that came across what it did not expect
            assertThat(typed.getMessage()).doesNotContain("attempt to");
            return null;
        }
    }
}
