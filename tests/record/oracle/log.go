package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"oracle/note"
	"oracle/tlog"
)

// head reads a checkpoint's bytes: the note is opened with the known keys, then its size and root are read.
func head(signed []byte, vkeys []string) (tree tlog.Tree, err error) {
	known, err := verifiers(vkeys)
	if err != nil {
		return tree, err
	}
	n, err := note.Open(signed, known)
	if err != nil {
		return tree, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 {
		return tree, fmt.Errorf("no checkpoint: %q", n.Text)
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

// log verifies a whole folder: the checkpoint's signatures; each entry of each bundle, by an inclusion proof from tiles
// that are verified against the checkpoint; and that the tree of an older checkpoint (Note) is its beginning.
func log(q request) (a answer, err error) {
	signed, err := os.ReadFile(filepath.Join(q.Folder, "checkpoint"))
	if err != nil {
		return a, err
	}
	tree, err := head(signed, q.Vkeys)
	if err != nil {
		return a, err
	}
	hashes := tlog.TileHashReader(tree, folder(q.Folder))
	for first := int64(0); first < tree.N; first += 256 {
		entries, err := bundle(q.Folder, first/256, min(256, int(tree.N-first)))
		if err != nil {
			return a, err
		}
		for at, entry := range entries {
			index := first + int64(at)
			path, err := tlog.ProveRecord(tree.N, index, hashes)
			if err != nil {
				return a, err
			}
			if err := tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
				return a, fmt.Errorf("entry %d: %v", index, err)
			}
		}
	}
	a.Size, a.Root = tree.N, tree.Hash
	if q.Note == "" {
		return a, nil
	}
	older, err := head([]byte(q.Note), q.Vkeys)
	if err != nil {
		return a, err
	}
	path, err := tlog.ProveTree(tree.N, older.N, hashes)
	if err != nil {
		return a, err
	}
	return a, tlog.CheckTree(path, tree.N, tree.Hash, older.N, older.Hash)
}

// bundle reads an entry bundle where C2SP puts it.
func bundle(place string, index int64, width int) (entries [][]byte, err error) {
	path := strings.Replace(where(tlog.Tile{H: 8, L: -1, N: index, W: width}), "tile/data/", "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(place, path))
	if err != nil {
		return nil, err
	}
	for range width {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s ends too early", path)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries, data = append(entries, data[2:end]), data[end:]
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("%s: %d bytes after its last entry", path, len(data))
	}
	return entries, nil
}
