package io.reactorscheduler.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The server's program, taken out of its jar once per user into a directory that is named after the program's content.
 *
 * <p>The directory belongs to the user alone, and a file in it is used only if its content is that of the jar.
 */
final class RedisBinary {

    static final String VERSION = "7.0.15";

    private static @Nullable Path extracted;

    private RedisBinary() {}

    /** The program; the first call of a JVM may write it. */
    static synchronized Path path() {
        if (extracted == null) {
            extracted = extract(resourceName(System.getProperty("os.name"), System.getProperty("os.arch")));
        }
        return extracted;
    }

    static String resourceName(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String arch = osArch.toLowerCase(Locale.ROOT);
        boolean linux = os.contains("linux");
        if (!linux && !os.contains("mac")) {
            throw new UnsupportedOperationException("There is no embedded Redis for " + osName
                    + ": it runs on Linux and macOS only; give the address of a Redis server instead");
        }
        String suffix = switch (arch) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            default ->
                throw new UnsupportedOperationException("There is no embedded Redis for the processor " + osArch
                        + ": it runs on amd64 and arm64 only; give the address of a Redis server instead");
        };
        return "/redis-server-" + VERSION + (linux ? "-linux-" : "-darwin-") + suffix;
    }

    private static Path extract(String resource) {
        Path home = Path.of(
                System.getProperty("java.io.tmpdir"), "reactor-scheduler-redis-" + System.getProperty("user.name"));
        try {
            byte[] program = read(resource);
            Path directory = home.resolve(sha256(program).substring(0, 16));
            Path file = directory.resolve("redis-server");
            if (Files.isExecutable(file) && sha256(Files.readAllBytes(file)).equals(sha256(program))) {
                return file;
            }
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            // others may extract at the same time: what is moved into place is always whole
            Path draft = Files.createTempFile(directory, "redis-server", ".draft");
            Files.write(draft, program);
            Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwx------"));
            return Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot write the Redis server under " + home
                            + "; set -Djava.io.tmpdir to a directory that can be written",
                    e);
        }
    }

    private static byte[] read(String resource) throws IOException {
        try (InputStream in = RedisBinary.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(
                        "No resource " + resource + ": org.signal:embedded-redis is not on the class path");
            }
            return in.readAllBytes();
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
