package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What {@link OwnCallsOnly} finds, and what it lets through. */
class BlockHoundTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The thread of what is under way. */
    private final AtomicReference<Thread> blocked = new AtomicReference<>();

    @Test
    void aBlockingCallOfOursOnANonBlockingThreadFails() {
        Mono<String> blocking = Mono.fromCallable(() -> {
                    Thread.sleep(1);
                    return "slept";
                })
                .subscribeOn(Schedulers.parallel());

        assertThatThrownBy(() -> blocking.block(PATIENCE)).hasRootCauseInstanceOf(BlockingOperationError.class);
    }

    @Test
    void aBlockingCallThatNoneOfOursAskedForIsLetThrough() {
        CompletableFuture<String> given = new CompletableFuture<>();
        // the frame of a method reference is a hidden one, so there is no class of ours on the stack
        CompletableFuture<String> got = Mono.fromCallable(given::get)
                .doFirst(() -> blocked.set(Thread.currentThread()))
                .subscribeOn(Schedulers.parallel())
                .toFuture();
        awaitBlockedOr(got);

        given.complete("given");

        assertThat(Mono.fromFuture(got).block(PATIENCE)).isEqualTo("given");
    }

    @Test
    void writersOfCommandsMayWaitForTheLockOfLettuce() throws ReflectiveOperationException {
        Class<?> type = Class.forName("io.lettuce.core.protocol.SharedLock");
        Constructor<?> constructor = type.getDeclaredConstructor();
        Method enter = type.getDeclaredMethod("incrementWriters");
        Method leave = type.getDeclaredMethod("decrementWriters");
        Method alone = type.getDeclaredMethod("doExclusive", Runnable.class);
        for (AccessibleObject each : new AccessibleObject[] {constructor, enter, leave, alone}) {
            each.setAccessible(true);
        }
        Object lock = constructor.newInstance();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        CompletableFuture<Object> owner = Mono.fromCallable(() -> alone.invoke(lock, (Runnable) () -> {
                    held.countDown();
                    awaits(free);
                }))
                .subscribeOn(Schedulers.boundedElastic())
                .toFuture();
        awaits(held);
        CompletableFuture<String> writer = Mono.fromCallable(() -> {
                    blocked.set(Thread.currentThread());
                    enter.invoke(lock);
                    leave.invoke(lock);
                    return "written";
                })
                .subscribeOn(Schedulers.parallel())
                .toFuture();
        awaitBlockedOr(writer);
        assertThat(writer).as("waits for the lock").isNotDone();

        free.countDown();

        assertThat(Mono.fromFuture(writer).block(PATIENCE)).isEqualTo("written");
        Mono.fromFuture(owner).block(PATIENCE);
    }

    private void awaitBlockedOr(CompletableFuture<?> end) {
        RedisTest.await("a thread that waits", () -> {
            Thread thread = blocked.get();
            return end.isDone() || (thread != null && thread.getState() == Thread.State.WAITING);
        });
    }

    private static void awaits(CountDownLatch latch) {
        RedisTest.await("a latch", () -> latch.getCount() == 0);
    }
}
