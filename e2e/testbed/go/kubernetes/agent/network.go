package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/vishvananda/netlink"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	tunnelPort = 8472
	tunnelName = "flannel.1"
	underlay   = 50 // bytes that VXLAN takes of each packet
)

// connect gives the node's pods a network, and ways to those of other nodes, as
// flannel does over VXLAN. What it knows of other nodes is what their Nodes say.
func (n *node) connect(ended chan<- error) {
	config, err := clientcmd.BuildConfigFromFlags("", n.file("kubeproxy.kubeconfig"))
	if err != nil {
		ended <- err
		return
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		ended <- err
		return
	}
	for ; ; time.Sleep(2 * time.Second) {
		nodes, err := client.CoreV1().Nodes().List(context.Background(), metav1.ListOptions{})
		if err != nil {
			continue
		}
		if err := n.connectTo(nodes.Items); err != nil {
			say("error", "pod network: "+err.Error())
		}
	}
}

func (n *node) connectTo(nodes []corev1.Node) error {
	for _, other := range nodes {
		_, pods, err := net.ParseCIDR(other.Spec.PodCIDR)
		if err != nil {
			continue
		}
		address := internalAddress(other)
		if other.Name == n.nodeName {
			err = n.serve(pods)
		} else if address != nil {
			err = n.route(pods, address)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func internalAddress(of corev1.Node) net.IP {
	for _, address := range of.Status.Addresses {
		if address.Type == corev1.NodeInternalIP {
			return net.ParseIP(address.Address).To4()
		}
	}
	return nil
}

// serve lets the node's pods in, once.
func (n *node) serve(pods *net.IPNet) error {
	path := filepath.Join(cniDir, "10-flannel.conflist")
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0); err != nil {
		return err
	}
	tunnel, err := n.tunnel()
	if err != nil {
		return err
	}
	own := &netlink.Addr{IPNet: &net.IPNet{IP: pods.IP, Mask: net.CIDRMask(32, 32)}}
	if err := netlink.AddrReplace(tunnel, own); err != nil {
		return err
	}
	settings := fmt.Sprintf(`{"cniVersion": "0.4.0", "name": "cbr0", "plugins": [
  {"type": "ptp", "mtu": %d, "ipMasq": true, "ipam": {
    "type": "host-local", "ranges": [[{"subnet": "%s"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}
]}
`, 1500-underlay, pods)
	return os.WriteFile(path, []byte(settings), 0o644)
}

// route leads to another node's pods.
func (n *node) route(pods *net.IPNet, address net.IP) error {
	tunnel, err := n.tunnel()
	if err != nil {
		return err
	}
	index := tunnel.Attrs().Index
	hardware := hardwareAddress(address)
	if err := netlink.NeighSet(&netlink.Neigh{LinkIndex: index, Family: 7 /* AF_BRIDGE */, Flags: netlink.NTF_SELF,
		State: netlink.NUD_PERMANENT, IP: address, HardwareAddr: hardware}); err != nil {
		return err
	}
	if err := netlink.NeighSet(&netlink.Neigh{LinkIndex: index, State: netlink.NUD_PERMANENT, Type: netlink.NDA_DST,
		IP: pods.IP, HardwareAddr: hardware}); err != nil {
		return err
	}
	return netlink.RouteReplace(&netlink.Route{LinkIndex: index, Dst: pods, Gw: pods.IP,
		Flags: int(netlink.FLAG_ONLINK)})
}

func (n *node) tunnel() (netlink.Link, error) {
	if there, err := netlink.LinkByName(tunnelName); err == nil {
		return there, nil
	}
	wanted := &netlink.Vxlan{
		LinkAttrs: netlink.LinkAttrs{Name: tunnelName, HardwareAddr: hardwareAddress(n.address), MTU: 1500 - underlay},
		VxlanId:   1, Port: tunnelPort, SrcAddr: n.address, Learning: false,
	}
	if err := netlink.LinkAdd(wanted); err != nil {
		return nil, err
	}
	there, err := netlink.LinkByName(tunnelName)
	if err != nil {
		return nil, err
	}
	return there, netlink.LinkSetUp(there)
}

// hardwareAddress is one that follows from a node's address, so that nobody has to tell.
func hardwareAddress(of net.IP) net.HardwareAddr {
	return append(net.HardwareAddr{0x02, 0xfe}, of.To4()...)
}
