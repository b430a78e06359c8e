package io.reactorscheduler.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.reactorscheduler.InvalidTaskException;
import io.reactorscheduler.Retention;
import io.reactorscheduler.SchedulerBuilder;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link RedisTaskStore}; not thread-safe. */
public final class RedisStoreBuilder {

    private String namespace = RedisTaskStore.DEFAULT_NAMESPACE;
    private int partitions = RedisTaskStore.DEFAULT_PARTITIONS;
    private Retention retention = Retention.defaults();
    private Duration safetyPoll = RedisTaskStore.DEFAULT_SAFETY_POLL;
    private Duration commandTimeout = RedisTaskStore.DEFAULT_COMMAND_TIMEOUT;
    private @Nullable Integer quarantineAfter = RedisTaskStore.DEFAULT_QUARANTINE_AFTER;
    private int journal = RedisTaskStore.DEFAULT_JOURNAL;
    private @Nullable Duration lease;
    private @Nullable RedisURI uri;
    private @Nullable RedisOpener opener;

    RedisStoreBuilder() {}

    /** Where the server, a node of the cluster or the Sentinels are; see {@link RedisTaskStore#connect}. */
    public RedisStoreBuilder uri(String uri) {
        try {
            this.uri = RedisURI.create(Objects.requireNonNull(uri, "uri"));
        } catch (IllegalArgumentException malformed) {
            throw new InvalidTaskException(
                    "uri",
                    withoutPassword(uri),
                    "write, for example, redis://localhost or rediss://user:password@host:6379");
        }
        this.opener = null;
        return this;
    }

    private static String withoutPassword(String uri) {
        return uri.replaceAll("//[^@]*@", "//***@");
    }

    /** A client of one server or of Sentinel, which stays yours to shut down. */
    public RedisStoreBuilder client(RedisClient client) {
        return opener(RedisOpener.of(Objects.requireNonNull(client, "client")));
    }

    /** A client of a cluster, which stays yours to shut down. */
    public RedisStoreBuilder client(RedisClusterClient client) {
        return opener(RedisOpener.of(Objects.requireNonNull(client, "client")));
    }

    /** Connections that are there, one for commands and one for messages; they stay yours to close. */
    public RedisStoreBuilder connections(
            StatefulRedisConnection<String, String> commands, StatefulRedisPubSubConnection<String, String> messages) {
        return opener(RedisOpener.of(
                Objects.requireNonNull(commands, "commands"), Objects.requireNonNull(messages, "messages")));
    }

    /**
     * Connections to a cluster that are there; they stay yours to close. Over one for messages that
     * {@code RedisClusterClient.connectPubSub} made, each master is listened to by itself, so that messages come at once.
     */
    public RedisStoreBuilder connections(
            StatefulRedisClusterConnection<String, String> commands,
            StatefulRedisPubSubConnection<String, String> messages) {
        return opener(RedisOpener.of(
                Objects.requireNonNull(commands, "commands"), Objects.requireNonNull(messages, "messages")));
    }

    private RedisStoreBuilder opener(RedisOpener given) {
        this.opener = given;
        this.uri = null;
        return this;
    }

    /**
     * What all keys begin with, 1 to 100 characters without braces; {@value RedisTaskStore#DEFAULT_NAMESPACE} by default.
     * Schedulers of one namespace share their tasks, those of different ones know nothing of each other.
     */
    public RedisStoreBuilder namespace(String namespace) {
        new RedisKeys(Objects.requireNonNull(namespace, "namespace"));
        this.namespace = namespace;
        return this;
    }

    /**
     * How many slots of a cluster the tasks are spread over, 1 to {@value RedisTaskStore#MOST_PARTITIONS};
     * {@value RedisTaskStore#DEFAULT_PARTITIONS} by default, which is right for one server. It is fixed when the namespace
     * is made. With several the order of claims holds in each partition by itself, a queue's capacity and rate are split
     * evenly among them, and queues with limits per key are refused.
     */
    public RedisStoreBuilder partitions(int partitions) {
        if (partitions < 1 || partitions > RedisTaskStore.MOST_PARTITIONS) {
            throw new InvalidTaskException("partitions", partitions, "give 1 to " + RedisTaskStore.MOST_PARTITIONS);
        }
        this.partitions = partitions;
        return this;
    }

    /** What is kept of finished executions; {@link Retention#defaults()} by default. */
    public RedisStoreBuilder retention(Retention retention) {
        this.retention = Objects.requireNonNull(retention, "retention");
        return this;
    }

    /**
     * How long a node sleeps at most without looking for work, in case news got lost; 5 seconds by default. Of several
     * partitions not all are asked each time: as many as one command a second leaves beside sweeps, one at least, in turn.
     */
    public RedisStoreBuilder safetyPoll(Duration interval) {
        this.safetyPoll = positive("safetyPoll", interval);
        return this;
    }

    /**
     * How long claims are valid unless they are renewed, at least 100 ms, of schedulers over this store that do not say
     * otherwise with {@link SchedulerBuilder#lease}; {@link SchedulerBuilder#DEFAULT_LEASE} by default. A node that dies is
     * noticed after that. Make it longer than a fail-over of the servers takes.
     */
    public RedisStoreBuilder lease(Duration lease) {
        if (lease.compareTo(SchedulerBuilder.SHORTEST_LEASE) < 0) {
            throw new InvalidTaskException("lease", lease, "give at least " + SchedulerBuilder.SHORTEST_LEASE);
        }
        this.lease = lease;
        return this;
    }

    /**
     * How long a command may take, and a connection to be made; 2 seconds by default. Keep it well below a third of the lease:
     * so long a node waits for work before it asks again.
     */
    public RedisStoreBuilder commandTimeout(Duration timeout) {
        this.commandTimeout = positive("commandTimeout", timeout);
        return this;
    }

    private static Duration positive(String parameter, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new InvalidTaskException(parameter, value, "give a duration above zero");
        }
        return value;
    }

    /**
     * After so many lost nodes in a row, at least 1, a task is put in quarantine;
     * {@value RedisTaskStore#DEFAULT_QUARANTINE_AFTER} by default.
     */
    public RedisStoreBuilder quarantineAfter(int crashes) {
        if (crashes < 1) {
            throw new InvalidTaskException("quarantineAfter", crashes, "give 1 or more, or say neverQuarantine()");
        }
        this.quarantineAfter = crashes;
        return this;
    }

    /** No task is ever put in quarantine, however many nodes are lost while they run it. */
    public RedisStoreBuilder neverQuarantine() {
        this.quarantineAfter = null;
        return this;
    }

    /**
     * How much the journal of a partition keeps: about so many calls of the store with up to 100 events each, at least 1;
     * {@value RedisTaskStore#DEFAULT_JOURNAL} by default. It is one setting of a namespace, that of the store that was
     * connected last.
     */
    public RedisStoreBuilder journal(int calls) {
        if (calls < 1) {
            throw new InvalidTaskException("journal", calls, "give 1 or more, or say noJournal()");
        }
        this.journal = calls;
        return this;
    }

    /** No journal is written: then each node hears of its own runs only, and of others by asking. */
    public RedisStoreBuilder noJournal() {
        this.journal = 0;
        return this;
    }

    /** The store; connects at first use. */
    public RedisTaskStore build() {
        RedisOpener given = opener;
        RedisURI where = uri;
        if (given == null) {
            if (where == null) {
                throw new InvalidTaskException("uri", null, "say where Redis is: uri, client or connections");
            }
            given = new UriOpener(where, commandTimeout);
        }
        RedisSettings settings =
                new RedisSettings(namespace, partitions, retention, safetyPoll, lease, quarantineAfter, journal);
        return new RedisTaskStore(settings, new LettuceLink(given, commandTimeout));
    }
}
