package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.AsyncCallbacks.Answer;
import io.reactorscheduler.AsyncWork.Status;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class AsyncCallbacksTest {

    private final AsyncCallbacks callbacks = AsyncCallbacks.remembering(3);

    private AsyncCallbacks.Waiting started(String reference) {
        callbacks.starting();
        return callbacks.started(reference);
    }

    @Test
    void aReferenceNobodyKnowsIsUnknownAndNotRemembered() {
        assertThat(callbacks.done("x")).isEqualTo(Answer.UNKNOWN);
        assertThat(callbacks.failed("x", "no")).isEqualTo(Answer.UNKNOWN);
        assertThat(callbacks.remembered()).isZero();
    }

    @Test
    void callbacksAreKeptOnlyWhileWorkIsBeingStarted() {
        callbacks.starting();
        callbacks.starting();
        assertThat(callbacks.done("x")).isEqualTo(Answer.KEPT);
        callbacks.notStarted();
        assertThat(callbacks.remembered()).isEqualTo(1);
        callbacks.started("other");

        assertThat(callbacks.remembered()).isZero();
        assertThat(callbacks.done("x")).isEqualTo(Answer.UNKNOWN);
    }

    @Test
    void theOldestOfTooManyEarlyCallbacksIsForgotten() {
        callbacks.starting();
        for (int i = 0; i < 1_000; i++) {
            callbacks.done("early-" + i);
        }

        assertThat(callbacks.remembered()).isEqualTo(3);
        StepVerifier.create(started("early-999").status())
                .expectNext(Status.done())
                .verifyComplete();
    }

    @Test
    void theOldestOfTooManyEndedReferencesIsForgotten() {
        for (int i = 0; i < 1_000; i++) {
            callbacks.release(started("ended-" + i));
        }

        assertThat(callbacks.remembered()).isEqualTo(3);
        assertThat(callbacks.size()).isZero();
        assertThat(callbacks.done("ended-999")).isEqualTo(Answer.REPEATED);
        assertThat(callbacks.done("ended-0")).isEqualTo(Answer.UNKNOWN);
    }

    @Test
    void aReferenceThatIsStartedAgainIsWaitedForAgain() {
        callbacks.release(started("same"));
        AsyncCallbacks.Waiting again = started("same");

        assertThat(callbacks.failed("same", "no")).isEqualTo(Answer.DELIVERED);
        StepVerifier.create(again.status()).expectNext(Status.failed("no")).verifyComplete();
    }

    @Test
    void anEarlyCallbackOfAReferenceThatHasEndedIsKeptForItsNextStart() {
        callbacks.release(started("same"));
        callbacks.starting();

        assertThat(callbacks.done("same")).isEqualTo(Answer.REPEATED);
        StepVerifier.create(callbacks.started("same").status())
                .expectNext(Status.done())
                .verifyComplete();
    }

    @Test
    void twoRunsOfOneReferenceAreBothTold() {
        AsyncCallbacks.Waiting first = started("same");
        AsyncCallbacks.Waiting second = started("same");

        assertThat(callbacks.done("same")).isEqualTo(Answer.DELIVERED);
        callbacks.release(first);
        assertThat(callbacks.size()).isEqualTo(1);

        StepVerifier.create(second.status()).expectNext(Status.done()).verifyComplete();
        callbacks.release(second);
        assertThat(callbacks.size()).isZero();
    }

    @Test
    void longReferencesAreUnknownAndLongMessagesAreCut() {
        callbacks.starting();
        assertThat(callbacks.done("x".repeat(AsyncCallbacks.LONGEST_REFERENCE + 1)))
                .isEqualTo(Answer.UNKNOWN);

        AsyncCallbacks.Waiting run = started("ref");
        callbacks.failed("ref", "m".repeat(1_000_000));
        StepVerifier.create(run.status())
                .expectNextMatches(status -> status.message().length() == ExecutionError.KEPT_CHARACTERS)
                .verifyComplete();
    }

    @Test
    void nullsAndABoundOfZeroAreRefused() {
        assertThatThrownBy(() -> callbacks.done(null)).hasMessageContaining("reference");
        assertThatThrownBy(() -> callbacks.failed("x", null)).hasMessageContaining("message");
        assertThatThrownBy(() -> AsyncCallbacks.remembering(0)).hasMessageContaining("remembering 0");
    }
}
