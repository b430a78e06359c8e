package io.reactorscheduler.redis;

import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What this module needs of Redis, the same for one server, Sentinel and a cluster. Connects at first use and again by
 * itself; signals arrive on Lettuce's threads.
 *
 * <p>Errors are {@link io.reactorscheduler.StoreUnavailableException}s that say what to do; see {@link RedisErrors}.
 */
interface RedisLink {

    /** Says that from now on no message is missed. */
    String LISTENING = "";

    /**
     * Runs a script on the server that has the slot of its key; numbers come back as {@link Long}, texts as
     * {@link String}, absent values as null, lists as lists. Cold; a server that does not have the script is given it, see {@link ScriptCalls}.
     */
    Mono<List<@Nullable Object>> run(Script script, String key, List<String> args);

    /**
     * Messages of a channel from the moment it is subscribed on, and before them, and each time that it was subscribed
     * again after a lost connection, {@link #LISTENING}; without errors.
     */
    Flux<String> listen(String channel);

    /** A section of INFO of one server. */
    Mono<String> info(String section);

    /** One setting of one server, empty where it may not be read. */
    Mono<String> setting(String name);

    /** Closes what this link opened; it may be used again. */
    Mono<Void> close();
}
