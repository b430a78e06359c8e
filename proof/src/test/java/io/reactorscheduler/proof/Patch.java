package io.reactorscheduler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.redis.RedisTaskStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Scripts of the store with something taken out, as nodes find them first on their class path. */
final class Patch {

    private static final String FOLDER = "lua/";
    private final Path root;

    private Patch(Path root) {
        this.root = root;
    }

    static Patch in(Path root) {
        return new Patch(root);
    }

    /** Replaces a text that must be there once. */
    Patch replace(String script, String text, String by) {
        Path file = root.resolve(RedisTaskStore.class.getPackageName().replace('.', '/'))
                .resolve(FOLDER + script + ".lua");
        try {
            String source = Files.exists(file) ? Files.readString(file) : original(script);
            assertThat(source.split(java.util.regex.Pattern.quote(text), -1))
                    .as("\"%s\" stands once in %s.lua", text, script)
                    .hasSize(2);
            Files.createDirectories(file.getParent());
            Files.writeString(file, source.replace(text, by));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String original(String script) throws IOException {
        try (InputStream in = RedisTaskStore.class.getResourceAsStream(FOLDER + script + ".lua")) {
            return new String(Objects.requireNonNull(in, script).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    Path root() {
        return root;
    }
}
