package io.reactorscheduler.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A key and a certificate for the loopback address that signs itself, made by the JDK's keytool. */
final class Tls {

    private static final String ALIAS = "redis";
    private static final String PASSWORD = "changeit";

    private final Path certificate;
    private final Path key;
    private final SSLContext context;

    private Tls(Path certificate, Path key, SSLContext context) {
        this.certificate = certificate;
        this.key = key;
        this.context = context;
    }

    /** Writes key and certificate into a directory. */
    static Tls in(Path directory) {
        Path store = directory.resolve("redis.p12");
        Path certificate = directory.resolve("redis.crt");
        Path key = directory.resolve("redis.key");
        try (InputStream in = generated(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            writePem(certificate, "CERTIFICATE", keys.getCertificate(ALIAS).getEncoded());
            writePem(
                    key,
                    "PRIVATE KEY",
                    keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return new Tls(certificate, key, context);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a certificate in " + directory, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Cannot make a certificate in " + directory, e);
        }
    }

    private static InputStream generated(Path store) throws IOException {
        Path log = store.resolveSibling("keytool.log");
        List<String> keytool = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-validity",
                "3650",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:" + EmbeddedRedis.HOST,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString());
        Process process = new ProcessBuilder(keytool)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("keytool failed: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while keytool made a certificate", e);
        }
        return Files.newInputStream(store);
    }

    private static void writePem(Path file, String kind, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(file, "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }

    /** What a client has to trust, as PEM. */
    Path certificate() {
        return certificate;
    }

    /** Lines of {@code redis.conf} that make a server speak nothing but TLS. */
    List<String> config(int port) {
        return List.of(
                "port 0",
                "tls-port " + port,
                "tls-cert-file " + certificate,
                "tls-key-file " + key,
                "tls-ca-cert-file " + certificate,
                "tls-auth-clients no",
                "tls-replication yes",
                "tls-cluster yes");
    }

    Socket connect(int port) throws IOException {
        return context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    }
}
