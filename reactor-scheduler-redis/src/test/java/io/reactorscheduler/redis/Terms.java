package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;

/** A candidate and what it heard. */
final class Terms {

    private final BlockingQueue<Boolean> heard = new LinkedBlockingQueue<>();
    private final Disposable candidate;

    Terms(Leadership leadership) {
        candidate = leadership.terms().subscribe(heard::add);
    }

    void expect(boolean... terms) {
        for (boolean term : terms) {
            assertThat(next(Duration.ofSeconds(15))).isEqualTo(term);
        }
    }

    void expectNothingFor(Duration time) {
        assertThat(next(time)).isNull();
    }

    void resign() {
        candidate.dispose();
    }

    private Boolean next(Duration time) {
        try {
            return heard.poll(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
