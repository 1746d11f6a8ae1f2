// Package v1beta1 stands in for frr-k8s, which the module proxy does not serve:
// it has the names that MetalLB is compiled against, and no more. They belong to
// a BGP mode that the test bed never turns on; without it no value of these
// types is made, watched or sent.
package v1beta1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// AddToScheme adds nothing: the resources do not exist in the test bed.
func AddToScheme(*runtime.Scheme) error { return nil }

type FRRConfiguration struct {
	metav1.TypeMeta
	metav1.ObjectMeta
	Spec FRRConfigurationSpec
}

func (c *FRRConfiguration) DeepCopy() *FRRConfiguration { panic(absent) }

func (c *FRRConfiguration) DeepCopyObject() runtime.Object { panic(absent) }

type FRRConfigurationSpec struct {
	NodeSelector metav1.LabelSelector
	BGP          BGPConfig
}

func (s *FRRConfigurationSpec) DeepCopyInto(*FRRConfigurationSpec) { panic(absent) }

const absent = "the test bed's MetalLB has no BGP through frr-k8s"

type BGPConfig struct {
	Routers     []Router
	BFDProfiles []BFDProfile
}

type Router struct {
	ASN       uint32
	ID        string
	VRF       string
	Neighbors []Neighbor
	Prefixes  []string
}

type BFDProfile struct {
	Name             string
	ReceiveInterval  *uint32
	TransmitInterval *uint32
	DetectMultiplier *uint32
	EchoInterval     *uint32
	MinimumTTL       *uint32
	EchoMode         *bool
	PassiveMode      *bool
}

type DynamicASNMode string

type Neighbor struct {
	Address                string
	Interface              string
	ASN                    uint32
	DynamicASN             DynamicASNMode
	Port                   *uint16
	HoldTime               *metav1.Duration
	KeepaliveTime          *metav1.Duration
	ConnectTime            *metav1.Duration
	BFDProfile             string
	EnableGracefulRestart  bool
	EBGPMultiHop           bool
	DualStackAddressFamily bool
	DisableMP              bool
	ToAdvertise            Advertise
	Password               string
	PasswordSecret         SecretReference
}

type SecretReference struct {
	Name      string
	Namespace string
}

type Advertise struct {
	Allowed                   AllowedOutPrefixes
	PrefixesWithLocalPref     []LocalPrefPrefixes
	PrefixesWithCommunity     []CommunityPrefixes
	PrefixesWithAsPathPrepend []AsPathPrependPrefixes
}

type AllowedOutPrefixes struct {
	Prefixes []string
}

type LocalPrefPrefixes struct {
	LocalPref uint32
	Prefixes  []string
}

type CommunityPrefixes struct {
	Community string
	Prefixes  []string
}

type AsPathPrependPrefixes struct {
	AsPathPrepend uint8
	Prefixes      []string
}
