package io.reactorscheduler;

import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** Carries chosen keys of the caller's Reactor Context, and what instrumentations add, in the headers of a task. */
final class Carrier {

    private static final String PREFIX = "context.";

    private final Settings settings;
    private final Map<String, Type> keys;
    private final JsonCodec codec;
    private final List<Instrumentation> instrumentations;
    private final Events events;

    Carrier(Settings settings, Events events) {
        this.settings = settings;
        this.events = events;
        this.keys = settings.carried();
        this.codec = settings.codec();
        this.instrumentations = settings.instrumentations();
    }

    Map<String, String> capture(Task<?, ?> task, ContextView context) {
        if (keys.isEmpty() && instrumentations.isEmpty()) {
            return Map.of();
        }
        Map<String, String> headers = new HashMap<>();
        for (String key : keys.keySet()) {
            Object value = context.getOrDefault(key, null);
            if (value != null) {
                headers.put(PREFIX + key, settings.encode("carryContext \"" + key + "\"", value));
            }
        }
        for (Instrumentation instrumentation : instrumentations) {
            addHeaders(instrumentation, task, context, headers);
        }
        long characters = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            characters += header.getKey().length() + header.getValue().length();
        }
        settings.checkSize("headers", characters);
        return headers;
    }

    private void addHeaders(
            Instrumentation instrumentation, Task<?, ?> task, ContextView context, Map<String, String> headers) {
        try {
            headers.putAll(instrumentation.headers(task, context));
        } catch (Throwable thrown) {
            events.problem("An instrumentation failed, so a task is saved without its headers", thrown);
        }
    }

    Context restore(Map<String, String> headers, Context parent) {
        Context restored = parent;
        for (Map.Entry<String, Type> key : keys.entrySet()) {
            String json = headers.get(PREFIX + key.getKey());
            if (json != null) {
                restored = restored.put(key.getKey(), codec.decode(json, key.getValue()));
            }
        }
        return restored;
    }
}
