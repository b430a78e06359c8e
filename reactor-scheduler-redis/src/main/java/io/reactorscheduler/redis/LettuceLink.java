package io.reactorscheduler.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** {@link RedisLink} over Lettuce: a connection for commands, {@link Channels} for messages, each made when it is needed. */
final class LettuceLink implements RedisLink {

    private static final Logger LOG = LoggerFactory.getLogger(LettuceLink.class);
    private static final int RETRIES = 2;
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofMillis(500);

    /** So many, half a second apart at most, are more than a fail-over needs. */
    private static final int CHANGES_IN_A_ROW = 60;

    private final RedisOpener opener;
    private final Duration timeout;
    private final ScriptCalls scripts = new ScriptCalls(this::lookAgain);
    private final Kept<RedisOpener.Commands> commands;
    private final Kept<Channels> channels;

    LettuceLink(RedisOpener opener, Duration timeout) {
        this.opener = opener;
        this.timeout = timeout;
        this.commands = new Kept<>(opener::commands);
        this.channels = new Kept<>(() -> opener.messages().map(Channels::over));
    }

    // ---- commands

    private synchronized Mono<RedisOpener.Commands> commands() {
        return commands.get();
    }

    private <T> Mono<T> call(Function<RedisClusterAsyncCommands<String, String>, CompletionStage<T>> command) {
        return Mono.defer(this::commands)
                .flatMap(connected -> Mono.fromCompletionStage(() -> command.apply(connected.async()))
                        .timeout(timeout)
                        .doOnError(RedisErrors::isNoAnswer, error -> lookAgain()))
                .onErrorMap(RedisErrors::translate);
    }

    private void lookAgain() {
        opener.lookAgain()
                .subscribe(none -> {}, error -> LOG.warn("Cannot look for who serves what in the cluster", error));
    }

    @Override
    public Mono<List<@Nullable Object>> run(Script script, String key, List<String> args) {
        String[] values = args.toArray(String[]::new);
        return Mono.defer(this::commands)
                .flatMap(connected -> scripts.call(connected.async(), script, key, values)
                        .timeout(timeout)
                        .doOnError(RedisErrors::isNoAnswer, error -> lookAgain()))
                // the server may have done it: every script may come twice
                .retryWhen(Retry.backoff(RETRIES, FIRST_RETRY).filter(RedisErrors::isLostConnection))
                .onErrorMap(RedisErrors::translate);
    }

    @Override
    public Mono<String> info(String section) {
        return call(async -> async.info(section));
    }

    @Override
    public Mono<String> setting(String name) {
        return call(async -> async.configGet(name))
                .mapNotNull(found -> found.get(name))
                .onErrorComplete();
    }

    // ---- messages

    private synchronized Mono<Channels> channels() {
        return channels.get();
    }

    @Override
    public Flux<String> listen(String channel) {
        return Flux.defer(() -> {
            AtomicInteger failures = new AtomicInteger();
            return Mono.defer(this::channels)
                    .flatMapMany(connected -> connected.of(channel))
                    .doOnNext(message -> failures.set(0))
                    .doOnError(error -> {
                        warn(channel, failures.incrementAndGet(), error);
                        lookAgain();
                    })
                    .retryWhen(Retry.backoff(Long.MAX_VALUE, FIRST_RETRY)
                            .maxBackoff(LAST_RETRY)
                            .transientErrors(true));
        });
    }

    /** Once for each row of failures, and of mere changes to another connection only when they go on. */
    private static void warn(String channel, int failures, Throwable error) {
        if (failures == (error instanceof CancellationException ? CHANGES_IN_A_ROW : 1)) {
            LOG.warn("Cannot listen to {} now; trying again until it works", channel, error);
        } else {
            LOG.debug("Failure {} of listening to {}; over another connection next", failures, channel, error);
        }
    }

    // ---- the end

    @Override
    public Mono<Void> close() {
        return Mono.defer(() -> {
            Mono<Void> calls;
            Mono<Void> messages;
            Mono<Void> client;
            // together, so that whoever comes next is given nothing of what is being closed
            synchronized (this) {
                calls = commands.letGo().flatMap(LettuceLink::close);
                messages = channels.letGo().flatMap(Channels::close);
                client = opener.close();
                scripts.reset();
            }
            return messages.onErrorComplete().then(calls.onErrorComplete()).then(client);
        });
    }

    private static Mono<Void> close(RedisOpener.Commands connected) {
        var owned = connected.owned();
        return owned == null ? Mono.empty() : Mono.fromCompletionStage(owned::closeAsync);
    }
}
