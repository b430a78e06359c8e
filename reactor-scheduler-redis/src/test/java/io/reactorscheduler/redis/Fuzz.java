package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.SchedulerException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Damages what is stored, and looks at what calls make of it. */
final class Fuzz {

    private Fuzz() {}

    /** Some bytes of one of them changed, left out, twice, or of another one. */
    static byte[] changed(List<byte[]> corpus, Random random) {
        byte[] row = corpus.get(random.nextInt(corpus.size())).clone();
        for (int changes = random.nextInt(4); changes >= 0 && row.length > 0; changes--) {
            int at = random.nextInt(row.length);
            switch (random.nextInt(6)) {
                case 0 -> row[at] = (byte) random.nextInt(256);
                case 1 -> row[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> row = Arrays.copyOf(row, at);
                case 3 ->
                    row = joined(
                            Arrays.copyOf(row, at), Arrays.copyOfRange(row, Math.min(row.length, at + 3), row.length));
                case 4 -> row = joined(row, Arrays.copyOfRange(row, at, row.length));
                default -> {
                    byte[] other = corpus.get(random.nextInt(corpus.size()));
                    row = joined(
                            Arrays.copyOf(row, at),
                            Arrays.copyOfRange(other, Math.min(other.length, at), other.length));
                }
            }
        }
        return row;
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
