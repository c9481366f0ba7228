// An in-memory Kafka cluster on the given ports of 127.0.0.1, until it is killed.
package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kfake"
)

func main() {
	list := flag.String("ports", "", "one port for each broker, with commas")
	partitions := flag.Int("partitions", 4, "partitions of a topic that says nothing else")
	flag.Parse()
	var ports []int
	for _, text := range strings.Split(*list, ",") {
		port, err := strconv.Atoi(text)
		check(err)
		ports = append(ports, port)
	}
	cluster, err := kfake.NewCluster(
		kfake.NumBrokers(len(ports)),
		kfake.Ports(ports...),
		kfake.DefaultNumPartitions(*partitions),
		kfake.AllowAutoTopicCreation(),
	)
	check(err)
	fmt.Println("kfake ready", cluster.ListenAddrs())
	select {}
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
