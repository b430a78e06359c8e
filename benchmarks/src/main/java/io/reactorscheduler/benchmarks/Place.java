package io.reactorscheduler.benchmarks;

import java.util.List;

/** Where the jobs of a case on Redis are and how they are kept there, by its parameters. */
final class Place {

    /** Of the cluster. */
    static final int MASTERS = 3;

    private static final int PARTITIONS = 16;
    private static final String EVERYSEC = "everysec";
    private static final String MASTERS_NAME = "masters";
    private static final String PARTITIONS_NAME = "partitions";

    private Place() {}

    /** A case on one server without persistence, then the same with an append-only file, and on the cluster. */
    static List<Params> everywhere(Params params) {
        Params plain = plain(params);
        return List.of(plain, withFile(plain), onCluster(plain));
    }

    /** On one server without persistence. */
    static Params plain(Params params) {
        return params.with(EVERYSEC, 0);
    }

    static boolean isPlain(Params params) {
        return !hasFile(params) && !isCluster(params);
    }

    /** The same case, and the server writes an append-only file that is synced every second. */
    static Params withFile(Params params) {
        return params.with(EVERYSEC, 1);
    }

    /** The same case on the cluster. */
    static Params onCluster(Params params) {
        return params.with(PARTITIONS_NAME, PARTITIONS).with(MASTERS_NAME, MASTERS);
    }

    static boolean isCluster(Params params) {
        long masters = params.asMap().getOrDefault(MASTERS_NAME, 1L);
        if (masters != 1 && masters != MASTERS) {
            throw new IllegalArgumentException(
                    "--masters " + masters + ": give 1 for one server or " + MASTERS + " for a cluster");
        }
        return masters != 1;
    }

    private static boolean hasFile(Params params) {
        long everysec = params.get(EVERYSEC);
        if (everysec != 0 && everysec != 1) {
            throw new IllegalArgumentException(
                    "--everysec " + everysec + ": give 0 for no file or 1 for one that is synced every second");
        }
        return everysec == 1;
    }

    /** In how many partitions; 1 where nothing is said. */
    static int partitions(Params params) {
        return Math.toIntExact(params.asMap().getOrDefault(PARTITIONS_NAME, 1L));
    }

    /** Has a subject keep all jobs there, before any is saved. */
    static void take(Subject subject, Params params) throws Exception {
        boolean isCluster = isCluster(params);
        boolean hasFile = hasFile(params);
        if (params.asMap().containsKey(PARTITIONS_NAME)) {
            // asked for by those that can use it: a cluster takes its time to start
            subject.partition(partitions(params), () -> {
                RedisServer.clear(isCluster);
                return RedisServer.uri(isCluster);
            });
        }
        RedisServer.persist(isCluster, hasFile);
    }

    /** What the servers use and have done so far. */
    static List<RedisServer.Usage> usages(Params params) {
        return RedisServer.usages(isCluster(params));
    }
}
