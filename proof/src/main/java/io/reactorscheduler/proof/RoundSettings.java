package io.reactorscheduler.proof;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a round does.
 *
 * @param seed of all that is random
 * @param servers the kind of Redis
 * @param workers how many nodes
 * @param strikes what is done, in order, with all of one element at once; where it is endless, what is chosen from
 * @param isEndless whether faults are done until the window is over, some of them two at once
 * @param window how long fire times come
 * @param load how many tasks of each kind there are
 * @param patched a folder of files that replace those of the nodes' class path; null for none
 */
record RoundSettings(
        long seed,
        Servers.Kind servers,
        int workers,
        List<List<Fault>> strikes,
        boolean isEndless,
        Duration window,
        int load,
        @Nullable Path patched) {

    /** The lease of claims: short, so that what is lost comes back while the round lasts. */
    static final Duration LEASE = Duration.ofSeconds(2);

    private static final int FEW_WORKERS = 2;
    private static final int MANY_WORKERS = 4;
    private static final int SMALL_LOAD = 3;
    private static final int LARGE_LOAD = 20;
    private static final Duration SHORT_WINDOW = Duration.ofSeconds(5);
    private static final Duration LONG_WINDOW = Duration.ofSeconds(60);

    /** Some strikes, in a few seconds. */
    static RoundSettings brief(long seed, Servers.Kind servers, List<List<Fault>> strikes) {
        return new RoundSettings(seed, servers, FEW_WORKERS, strikes, false, SHORT_WINDOW, SMALL_LOAD, null);
    }

    /** As many faults as fit into a minute, in any order, some two at once, under more load. */
    static RoundSettings thorough(long seed, Servers.Kind servers, List<Fault> faults) {
        return new RoundSettings(
                seed,
                servers,
                MANY_WORKERS,
                faults.stream().map(List::of).toList(),
                true,
                LONG_WINDOW,
                LARGE_LOAD,
                null);
    }

    /** The same with nodes whose class path begins with a folder. */
    RoundSettings patched(Path folder) {
        return new RoundSettings(seed, servers, workers, strikes, isEndless, window, load, folder);
    }
}
