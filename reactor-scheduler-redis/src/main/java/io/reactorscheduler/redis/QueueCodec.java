package io.reactorscheduler.redis;

import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.TaskQueue;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Queues as arguments of scripts, and back from their replies. The settings are one text without what changes at run
 * time, which is the concurrency and whether the queue is paused.
 */
final class QueueCodec {

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int NANOS_PER_MICRO = 1_000;

    private QueueCodec() {}

    static List<String> args(TaskQueue queue) {
        TaskQueue.RateLimit rate = queue.rateLimit();
        TaskQueue.RateLimit keyRate = queue.keyRateLimit();
        return List.of(
                queue.name(),
                settings(queue),
                String.valueOf(queue.concurrency()),
                queue.isPaused() ? "1" : "",
                String.valueOf(queue.capacity()),
                runs(rate),
                period(rate),
                queue.keyConcurrency() == Integer.MAX_VALUE ? "" : String.valueOf(queue.keyConcurrency()),
                runs(keyRate),
                period(keyRate));
    }

    private static String runs(TaskQueue.@Nullable RateLimit limit) {
        return limit == null ? "" : String.valueOf(limit.runs());
    }

    private static String period(TaskQueue.@Nullable RateLimit limit) {
        return limit == null ? "" : String.valueOf(micros(limit.period()));
    }

    private static long micros(Duration duration) {
        return duration.getSeconds() * MICROS_PER_SECOND + (duration.getNano() + NANOS_PER_MICRO - 1) / NANOS_PER_MICRO;
    }

    private static String settings(TaskQueue queue) {
        Fields fields = new Fields();
        TaskQueue.RateLimit rate = queue.rateLimit();
        TaskQueue.RateLimit keyRate = queue.keyRateLimit();
        Duration timeout = queue.timeout();
        if (queue.capacity() != TaskQueue.DEFAULT_CAPACITY) {
            fields.add('c', queue.capacity());
        }
        if (rate != null) {
            fields.add('r', rate.runs() + " " + rate.period());
        }
        if (queue.keyConcurrency() != Integer.MAX_VALUE) {
            fields.add('k', queue.keyConcurrency());
        }
        if (keyRate != null) {
            fields.add('y', keyRate.runs() + " " + keyRate.period());
        }
        if (timeout != null) {
            fields.add('t', timeout);
        }
        if (!queue.retry().equals(RetryPolicy.never())) {
            fields.add('e', queue.retry());
        }
        return fields.toString();
    }

    static TaskQueue queue(String name, String settings, String concurrency, String paused) {
        Read read = new Read(
                TaskQueue.named(name).concurrency(Integer.parseInt(concurrency)).paused(paused.equals("1")));
        Fields.read(settings, read::field);
        return read.queue;
    }

    private static final class Read {
        private TaskQueue queue;

        Read(TaskQueue queue) {
            this.queue = queue;
        }

        void field(char name, String value) {
            switch (name) {
                case 'c' -> queue = queue.capacity(Long.parseLong(value));
                case 'r' -> queue = queue.rateLimit(runs(value), period(value));
                case 'k' -> queue = queue.keyConcurrency(Integer.parseInt(value));
                case 'y' -> queue = queue.keyRateLimit(runs(value), period(value));
                case 't' -> queue = queue.timeout(Duration.parse(value));
                case 'e' -> queue = queue.retry(RetryPolicy.parse(value));
                default -> {
                    // of a later release
                }
            }
        }

        private static int runs(String limit) {
            return Integer.parseInt(limit.substring(0, limit.indexOf(' ')));
        }

        private static Duration period(String limit) {
            return Duration.parse(limit.substring(limit.indexOf(' ') + 1));
        }
    }
}
