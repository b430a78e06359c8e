package io.reactorscheduler;

import java.lang.reflect.Method;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Where handlers that block run: virtual threads where the JDK has them (21 and later), else boundedElastic. */
final class BlockingThreads {

    private static final @Nullable Method VIRTUAL_THREADS = virtualThreads();

    private BlockingThreads() {}

    private static @Nullable Method virtualThreads() {
        try {
            return Class.forName("java.util.concurrent.Executors").getMethod("newVirtualThreadPerTaskExecutor");
        } catch (ReflectiveOperationException beforeJdk21) {
            return null;
        }
    }

    /** An executor service, not an executor, because only its tasks can be interrupted; it keeps no thread to give back. */
    static Scheduler scheduler() {
        Method virtualThreads = VIRTUAL_THREADS;
        if (virtualThreads == null) {
            return Schedulers.boundedElastic();
        }
        try {
            return Schedulers.fromExecutorService((ExecutorService) virtualThreads.invoke(null), "blocking");
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("Virtual threads cannot be started on this JDK", impossible);
        }
    }
}
