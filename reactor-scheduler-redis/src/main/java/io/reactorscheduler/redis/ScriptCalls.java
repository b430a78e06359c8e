package io.reactorscheduler.redis;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Calls scripts over the connection of a link: as functions, which a server that does not have them is given; as texts where
 * it refused the function before it began. One that refuses writes refuses all of a function that may write, but of a text only
 * the commands that do.
 */
final class ScriptCalls {

    private static final Logger LOG = LoggerFactory.getLogger(ScriptCalls.class);

    private final Runnable lookAgain;
    private final AtomicBoolean hasFunctions = new AtomicBoolean(true);

    /** @param lookAgain what to do when the server that has a slot is another one than was thought */
    ScriptCalls(Runnable lookAgain) {
        this.lookAgain = lookAgain;
    }

    /** Tries functions again, after what may be a connection to other servers. */
    void reset() {
        hasFunctions.set(true);
    }

    Mono<List<@Nullable Object>> call(
            RedisClusterAsyncCommands<String, String> redis, Script script, String key, String[] args) {
        return Mono.defer(
                () -> hasFunctions.get() ? callFunction(redis, script, key, args) : send(redis, script, key, args));
    }

    private Mono<List<@Nullable Object>> callFunction(
            RedisClusterAsyncCommands<String, String> redis, Script script, String key, String[] args) {
        Mono<List<@Nullable Object>> call = Mono.fromCompletionStage(
                () -> redis.fcall(script.function(), ScriptOutputType.MULTI, new String[] {key}, args));
        return call.onErrorResume(
                        RedisErrors::isUnknownFunction,
                        unknown -> load(redis, script, key)
                                .then(call)
                                .doOnError(RedisErrors::isUnknownFunction, elsewhere -> lookAgain.run()))
                .onErrorResume(RedisErrors::isRefusedFunction, refused -> {
                    if (RedisErrors.isWithoutFunctions(refused) && hasFunctions.compareAndSet(true, false)) {
                        LOG.info(
                                "Redis: from now on scripts are sent, which take the server longer than functions ({})",
                                refused.getMessage());
                    }
                    return send(redis, script, key, args);
                });
    }

    /** Gives a library to the server that has the slot of a key. */
    private static Mono<String> load(RedisClusterAsyncCommands<String, String> redis, Script script, String key) {
        return Mono.<String>fromCompletionStage(() -> redis.dispatch(
                        CommandType.FUNCTION,
                        new StatusOutput<>(StringCodec.UTF8),
                        new ArgsForSlot(key).add("LOAD").addValue(script.library())))
                // by another call that did not find it
                .onErrorResume(RedisErrors::isKnownLibrary, known -> Mono.empty());
    }

    private static Mono<List<@Nullable Object>> send(
            RedisClusterAsyncCommands<String, String> redis, Script script, String key, String[] args) {
        String[] keys = {key};
        return Mono.<List<@Nullable Object>>fromCompletionStage(
                        () -> redis.evalsha(script.sha(), ScriptOutputType.MULTI, keys, args))
                .onErrorResume(
                        RedisErrors::isUnknownScript,
                        unknown -> Mono.fromCompletionStage(
                                () -> redis.eval(script.text(), ScriptOutputType.MULTI, keys, args)));
    }

    /** Arguments without a key of a command that is for the server of one: Lettuce sends it where the key is. */
    private static final class ArgsForSlot extends CommandArgs<String, String> {
        private final String key;

        ArgsForSlot(String key) {
            super(StringCodec.UTF8);
            this.key = key;
        }

        @Override
        public ByteBuffer getFirstEncodedKey() {
            return codec.encodeKey(key);
        }
    }
}
