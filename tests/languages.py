# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Programs in other languages, each in the way of its language: the port is their argument."""

ECHOES = {
    "asyncio": """
import asyncio, signal, sys
async def serve(reader, writer):
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()
    writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.close)
    try:
        await server.serve_forever()
    except asyncio.CancelledError:
        pass
asyncio.run(main())
""",
    "node": """
const server = require('net').createServer(s => s.pipe(s));
server.listen(+process.argv[2], '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
""",
    "ruby": """
require 'socket'
server = TCPServer.new('127.0.0.1', ARGV[0].to_i)
trap('TERM') { exit!(0) }
loop { Thread.new(server.accept) { |s| begin; loop { s.write(s.readpartial(4096)) }
                                          rescue EOFError; s.close; end } }
""",
    "erl": """#!/usr/bin/env escript
main([Port]) ->
    {ok, L} = gen_tcp:listen(list_to_integer(Port), [binary, {ip, {127,0,0,1}}, {active, false},
                                                     {backlog, 64}]),
    accept(L).
accept(L) ->
    {ok, S} = gen_tcp:accept(L),
    P = spawn(fun() -> receive go -> serve(S) end end),
    gen_tcp:controlling_process(S, P),
    P ! go,
    accept(L).
serve(S) ->
    case gen_tcp:recv(S, 0) of
        {ok, Data} -> gen_tcp:send(S, Data), serve(S);
        {error, _} -> gen_tcp:close(S)
    end.
""",
    "go": """
package main
import ("io"; "net"; "os")
func main() {
    l, err := net.Listen("tcp", "127.0.0.1:" + os.Args[1])
    if err != nil { panic(err) }
    for {
        c, err := l.Accept()
        if err != nil { panic(err) }
        go func() { io.Copy(struct{ io.Writer }{c}, struct{ io.Reader }{c}); c.Close() }()
    }
}
""",
    "java": """
import java.net.*; import java.nio.*; import java.nio.channels.*;
public class Echo {
    public static void main(String[] args) throws Exception {
        Selector all = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])));
        server.configureBlocking(false).register(all, SelectionKey.OP_ACCEPT);
        ByteBuffer data = ByteBuffer.allocateDirect(4096);
        while (true) {
            all.select();
            for (SelectionKey key : all.selectedKeys()) {
                if (key.isAcceptable()) {
                    server.accept().configureBlocking(false).register(all, SelectionKey.OP_READ);
                    continue;
                }
                SocketChannel client = (SocketChannel) key.channel();
                if (client.read(data.clear()) < 0) { client.close(); continue; }
                data.flip();
                while (data.hasRemaining()) client.write(data);
            }
            all.selectedKeys().clear();
        }
    }
}
""",
}

SERVERS = {
    "node-http": """
require('http').createServer((q, r) => r.end('hello\\n')).listen(+process.argv[2], '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
""",
    "node-workers": """
const { Worker, isMainThread, parentPort } = require('worker_threads');
if (!isMainThread) {
    parentPort.on('message', n => { let sum = 0; for (let i = 0; i < 100000; i++) sum += i % 7;
                                    parentPort.postMessage(n); });
} else {
    const waiting = new Map(), pool = [];
    let next = 0;
    for (let i = 0; i < 3; i++) {
        pool[i] = new Worker(__filename);
        pool[i].on('message', n => { waiting.get(n).end('hello\\n'); waiting.delete(n); });
    }
    require('http').createServer((q, r) => { waiting.set(++next, r); pool[next % 3].postMessage(next); })
                   .listen(+process.argv[2], '127.0.0.1');
    process.on('SIGTERM', () => process.exit(0));
}
""",
    "node-cluster": """
const cluster = require('cluster');
if (cluster.isPrimary) {
    const workers = [cluster.fork(), cluster.fork()];
    process.on('SIGTERM', () => { workers.forEach(w => w.process.kill('SIGKILL')); process.exit(0); });
} else {
    require('http').createServer((q, r) => r.end('hello\\n')).listen(+process.argv[2], '127.0.0.1');
}
""",
    "node-immediate": """
function later(n, done) {
    let sum = 0;
    for (let i = 0; i < 100000; i++) sum += i % 7;
    n ? setImmediate(later, n - 1, done) : done();
}
require('http').createServer((q, r) => later(10, () => r.end('hello\\n')))
               .listen(+process.argv[2], '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
""",
    "go-http": """
package main
import ("fmt"; "net/http"; "os"; "crypto/sha256")
func main() {
    http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
        sum := [32]byte{}
        for i := 0; i < 200; i++ { sum = sha256.Sum256(sum[:]) }
        fmt.Fprintf(w, "hello %x\\n", sum)
    })
    panic(http.ListenAndServe("127.0.0.1:" + os.Args[1], nil))
}
""",
    "java-pool": """
import java.net.*; import java.nio.*; import java.nio.channels.*; import java.util.concurrent.*;
public class Pool {
    static void serve(Selector all, SelectionKey key, int turns) {
        SocketChannel client = (SocketChannel) key.channel();
        ByteBuffer data = ByteBuffer.allocateDirect(4096);
        try {
            long sum = 0;
            for (int i = 0; i < turns; i++) sum += i % 7;
            if (client.read(data) < 0) { client.close(); return; }
            data.flip();
            while (data.hasRemaining()) client.write(data);
            key.interestOps(SelectionKey.OP_READ);
            all.wakeup();
        } catch (Exception e) {
            try { client.close(); } catch (Exception ignored) { }
        }
    }
    public static void main(String[] args) throws Exception {
        Selector all = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open();
        ExecutorService pool = Executors.newFixedThreadPool(2);
        int turns = Integer.parseInt(args[1]);
        server.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 128);
        server.configureBlocking(false).register(all, SelectionKey.OP_ACCEPT);
        while (true) {
            all.select();
            for (SelectionKey key : all.selectedKeys()) {
                if (!key.isValid()) continue;
                if (key.isAcceptable()) {
                    server.accept().configureBlocking(false).register(all, SelectionKey.OP_READ);
                    continue;
                }
                key.interestOps(0);
                pool.execute(() -> serve(all, key, turns));
            }
            all.selectedKeys().clear();
        }
    }
}
""",
}
