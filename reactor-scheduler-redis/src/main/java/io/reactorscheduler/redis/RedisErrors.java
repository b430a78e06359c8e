package io.reactorscheduler.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.reactorscheduler.SchedulerException;
import io.reactorscheduler.StoreUnavailableException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/** Turns what Redis and Lettuce fail with into errors that name the setting to look at. */
final class RedisErrors {

    private static final Pattern WITHOUT_FUNCTIONS =
            Pattern.compile("(?i)^ERR unknown command .?(fcall|function)|^NOPERM .* run the '(fcall|function)"
                    + "|^ERR Error (compiling|registering) function|^ERR FUNCTION LOAD ");

    /** What Redis names as the place of an error in a function. */
    private static final String IN_A_FUNCTION = "on @user_function:";

    private RedisErrors() {}

    /** Whether the server does not know the script that it was asked to run by its SHA-1. */
    static boolean isUnknownScript(Throwable error) {
        return message(error).startsWith("NOSCRIPT");
    }

    /** Whether the server does not have the function that it was asked to call. */
    static boolean isUnknownFunction(Throwable error) {
        return message(error).startsWith("ERR Function not found");
    }

    /** Whether the server has the library that it was given. */
    static boolean isKnownLibrary(Throwable error) {
        return message(error).startsWith("ERR Library") && message(error).endsWith("already exists");
    }

    /** Whether the server said no to a function before it began. */
    static boolean isRefusedFunction(Throwable error) {
        return unwrap(error) instanceof RedisCommandExecutionException
                && !message(error).contains(IN_A_FUNCTION);
    }

    /** Whether the server knows no functions or cannot be given ours, or the user may not use them. */
    static boolean isWithoutFunctions(Throwable error) {
        return WITHOUT_FUNCTIONS.matcher(message(error)).find();
    }

    private static String message(Throwable error) {
        return Objects.requireNonNullElse(unwrap(error).getMessage(), "");
    }

    /** Whether nothing came back in time. */
    static boolean isNoAnswer(Throwable error) {
        Throwable cause = unwrap(error);
        return cause instanceof TimeoutException || cause instanceof RedisCommandTimeoutException;
    }

    /** Whether a connection that was made got lost during a call, so that nobody knows whether the server did it. */
    static boolean isLostConnection(Throwable error) {
        Throwable cause = unwrap(error);
        return cause instanceof IOException && !(cause instanceof ConnectException);
    }

    /** The error for callers. */
    static SchedulerException translate(Throwable error) {
        Throwable last = Exceptions.isRetryExhausted(error) ? error.getCause() : error;
        Throwable cause = unwrap(last == null ? error : last);
        if (cause instanceof SchedulerException known) {
            return known;
        }
        String message = cause.getMessage();
        return new StoreUnavailableException(
                "Redis: " + advice(cause) + " (" + (message == null ? cause : message) + ")", cause);
    }

    private static Throwable unwrap(Throwable error) {
        Throwable cause = error;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String advice(Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof RedisCommandTimeoutException || at instanceof TimeoutException) {
                return "no answer in time; check that the server is up and reachable, or raise commandTimeout";
            }
            String advice = adviceFor(at.getMessage());
            if (advice != null) {
                return advice;
            }
        }
        return "the call failed; check that the server is up and reachable at the given URI";
    }

    private static @Nullable String adviceFor(@Nullable String message) {
        if (message == null) {
            return null;
        }
        if (message.contains("OOM ")) {
            return "the server is out of memory; raise its setting maxmemory or shorten the retention";
        }
        if (message.contains("READONLY")) {
            return "this server is a read-only replica; give the URI of the master, of Sentinel or of the cluster, "
                    + "or check its setting replicaof";
        }
        if (message.contains("LOADING")) {
            return "the server is still loading its data after a start; it answers as soon as it is done, sooner with "
                    + "its setting aof-use-rdb-preamble";
        }
        if (message.startsWith("MOVED")) {
            return "this server is part of a cluster (cluster-enabled) and has not all keys; give its URI, or a "
                    + "RedisClusterClient instead of a RedisClient";
        }
        if (message.contains("NOAUTH")) {
            return "the server asks for a password; give it in the URI (redis://:password@host), as its setting "
                    + "requirepass or its ACL says";
        }
        if (message.contains("WRONGPASS") || message.contains("invalid password")) {
            return "user name or password in the URI is wrong; compare with the server's setting requirepass or its "
                    + "ACL users";
        }
        if (message.contains("NOPERM") || message.contains("The user executing the script")) {
            return "the ACL user lacks a permission; it needs ~{namespace* keys, &{namespace* channels, and the "
                    + "commands +@scripting +@read +@write +@pubsub +@connection +time +info, on a cluster also "
                    + "+cluster|nodes";
        }
        if (message.contains("PKIX path")) {
            return "the certificate of the server is not trusted by this JVM; add it to the trust store "
                    + "(javax.net.ssl.trustStore), or give a client with SslOptions.trustManager";
        }
        if (message.contains("MISCONF") && message.contains("AOF")) {
            return "the server cannot write its append-only file and refuses writes until it can; make room on the disk "
                    + "that its setting dir names, or see its settings appendonly and appendfsync";
        }
        if (message.contains("MISCONF")) {
            return "the server refuses writes because it cannot save to disk; see its log, or its setting "
                    + "stop-writes-on-bgsave-error";
        }
        if (message.contains("CLUSTERDOWN")) {
            return "the cluster has slots without a master; wait for the fail-over, or see its setting "
                    + "cluster-require-full-coverage";
        }
        return null;
    }
}
