package io.reactorscheduler.benchmarks;

/** Where the jobs of a case on Redis are, by its parameters; starts nothing. */
final class Place {

    /** Of the cluster. */
    static final int MASTERS = 3;

    private static final int PARTITIONS = 16;

    private Place() {}

    /** The same case on the cluster. */
    static Params onCluster(Params params) {
        return params.with("partitions", PARTITIONS).with("masters", MASTERS);
    }

    static boolean isCluster(Params params) {
        long masters = params.asMap().getOrDefault("masters", 1L);
        if (masters != 1 && masters != MASTERS) {
            throw new IllegalArgumentException(
                    "--masters " + masters + ": give 1 for one server or " + MASTERS + " for a cluster");
        }
        return masters != 1;
    }

    /** Has a subject keep all jobs there, before any is saved. */
    static void take(Subject subject, Params params) throws Exception {
        if (params.asMap().containsKey("partitions")) {
            int partitions = Math.toIntExact(params.get("partitions"));
            subject.partition(partitions, isCluster(params) ? RedisServer.Cluster::emptied : RedisServer::uri);
        }
    }
}
