package io.nimscaler.app;

import io.nimscaler.command.Commands;
import io.nimscaler.server.SocketGate;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Serves, or runs a command if one is given. With a command nothing of the server is started. */
@QuarkusMain
public final class Main {

    Main() {}

    public static void main(String... arguments) {
        if (arguments.length == 0) {
            System.setProperty(SocketGate.SWITCH, SocketGate.ON);
            Quarkus.run(arguments);
        } else {
            System.exit(Commands.run(writer(System.out), writer(System.err), arguments));
        }
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }
}
