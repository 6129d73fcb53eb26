// Oracle answers questions about notes and logs with Go's own golang.org/x/mod/sumdb, for the tests of licet.record.
// A line of JSON in, a line of JSON out.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"oracle/note"
	"oracle/tlog"
)

type request struct {
	Op     string
	Note   string
	Vkeys  []string
	Skeys  []string
	Text   string
	Leaves []tlog.Hash
	Path   []tlog.Hash
	Size   int64
	Root   tlog.Hash
	Older  int64
	Old    tlog.Hash
	Index  int64
	Leaf   tlog.Hash
	Folder string
}

type answer struct {
	Error      string            `json:"error,omitempty"`
	Text       string            `json:"text,omitempty"`
	Note       string            `json:"note,omitempty"`
	Signed     []string          `json:"signed,omitempty"`
	Unverified []string          `json:"unverified,omitempty"`
	Size       int64             `json:"size"`
	Root       tlog.Hash         `json:"root"`
	Path       []tlog.Hash       `json:"path"`
	Tiles      map[string][]byte `json:"tiles,omitempty"`
	Paths      []string          `json:"paths,omitempty"`
}

// stored holds hashes in the order of tlog.StoredHashIndex.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		if index >= int64(len(s)) {
			return nil, fmt.Errorf("no hash %d", index)
		}
		found = append(found, s[index])
	}
	return found, nil
}

func store(leaves []tlog.Hash) (stored, error) {
	var hashes stored
	for n, leaf := range leaves {
		more, err := tlog.StoredHashesForRecordHash(int64(n), leaf, hashes)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, more...)
	}
	return hashes, nil
}

// folder reads tiles where C2SP puts them: without the height in the path.
type folder string

func where(t tlog.Tile) string { return "tile/" + strings.TrimPrefix(t.Path(), "tile/8/") }

func (f folder) Height() int { return 8 }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(string(f), where(tile)))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func verifiers(vkeys []string) (note.Verifiers, error) {
	var known []note.Verifier
	for _, vkey := range vkeys {
		verifier, err := note.NewVerifier(vkey)
		if err != nil {
			return nil, err
		}
		known = append(known, verifier)
	}
	return note.VerifierList(known...), nil
}

func open(q request) (a answer, err error) {
	known, err := verifiers(q.Vkeys)
	if err != nil {
		return a, err
	}
	n, err := note.Open([]byte(q.Note), known)
	if err != nil {
		return a, err
	}
	a.Text = n.Text
	for _, sig := range n.Sigs {
		a.Signed = append(a.Signed, sig.Name)
	}
	for _, sig := range n.UnverifiedSigs {
		a.Unverified = append(a.Unverified, sig.Name)
	}
	return a, nil
}

func sign(q request) (a answer, err error) {
	var signers []note.Signer
	for _, skey := range q.Skeys {
		signer, err := note.NewSigner(skey)
		if err != nil {
			return a, err
		}
		signers = append(signers, signer)
	}
	signed, err := note.Sign(&note.Note{Text: q.Text}, signers...)
	a.Note = string(signed)
	return a, err
}

func tiles(q request, hashes stored) (a answer, err error) {
	a.Tiles = map[string][]byte{}
	for _, tile := range tlog.NewTiles(8, q.Older, q.Size) {
		data, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return a, err
		}
		a.Tiles[where(tile)] = data
		a.Paths = append(a.Paths, where(tile))
	}
	return a, nil
}

func answered(q request) (a answer, err error) {
	switch q.Op {
	case "open":
		return open(q)
	case "sign":
		return sign(q)
	case "log":
		return log(q)
	case "check record":
		return a, tlog.CheckRecord(q.Path, q.Size, q.Root, q.Index, q.Leaf)
	case "check tree":
		return a, tlog.CheckTree(q.Path, q.Size, q.Root, q.Older, q.Old)
	case "record from tiles":
		a.Path, err = tlog.ProveRecord(q.Size, q.Index, tlog.TileHashReader(tlog.Tree{N: q.Size, Hash: q.Root}, folder(q.Folder)))
		return a, err
	}
	hashes, err := store(q.Leaves)
	if err != nil {
		return a, err
	}
	switch q.Op {
	case "root":
		a.Root, err = tlog.TreeHash(q.Size, hashes)
	case "prove record":
		a.Path, err = tlog.ProveRecord(q.Size, q.Index, hashes)
	case "prove tree":
		a.Path, err = tlog.ProveTree(q.Size, q.Older, hashes)
	case "tiles":
		return tiles(q, hashes)
	default:
		err = fmt.Errorf("no operation %q", q.Op)
	}
	return a, err
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	in := json.NewDecoder(lines)
	for {
		var q request
		if in.Decode(&q) != nil {
			return
		}
		a, err := answered(q)
		if err != nil {
			a.Error = err.Error()
		}
		if out.Encode(a) != nil {
			return
		}
	}
}
