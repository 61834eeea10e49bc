// A Go program, which makes panics of faults: recovered ones, then a crash in native code.
package main

// int victim_install(void);
// int victim_crash(int);
// int victim_survived(void);
import "C"

import (
	"fmt"
	"os"
)

var hits int

func fault() {
	defer func() {
		if recover() != nil {
			hits++
		}
	}()
	var nowhere *int
	*nowhere = 1
}

func main() {
	C.victim_install()
	for i := 0; i < 1000; i++ {
		fault()
	}
	fmt.Println("recovered", hits)
	switch os.Args[1] {
	case "null":
		C.victim_crash(0)
	case "abort":
		C.victim_crash(1)
	default:
		C.victim_survived()
	}
}
