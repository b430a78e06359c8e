package io.reactorscheduler;

import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Where handlers that block run: virtual threads where the JDK has them (21 and later), else boundedElastic. */
final class BlockingThreads {

    private static final @Nullable Method START_VIRTUAL_THREAD = startVirtualThread();

    private BlockingThreads() {}

    private static @Nullable Method startVirtualThread() {
        try {
            return Thread.class.getMethod("startVirtualThread", Runnable.class);
        } catch (NoSuchMethodException beforeJdk21) {
            return null;
        }
    }

    static Scheduler scheduler() {
        Method start = START_VIRTUAL_THREAD;
        if (start == null) {
            return Schedulers.boundedElastic();
        }
        Executor executor = task -> {
            try {
                start.invoke(null, task);
            } catch (ReflectiveOperationException impossible) {
                throw new IllegalStateException("Virtual threads cannot be started on this JDK", impossible);
            }
        };
        return Schedulers.fromExecutor(executor);
    }
}
