"""A user's program: a certificate authority below a root, and a mesh of one cluster."""

import pulumi
import pulumi_istio_patterns as patterns

config = pulumi.Config()

root = patterns.RootCa("root", common_name="demo root")
east = patterns.IntermediateCa(
    "east",
    common_name="east",
    root_certificate=root.certificate,
    root_private_key=root.private_key,
)

mesh = patterns.MeshTopology(
    "lab",
    region="eu-west-1",
    topology=patterns.TopologyDescriptionArgs(
        name="lab",
        api=patterns.ApiDescriptionArgs(allow_from=["198.51.100.7/32"]),
        istio=patterns.IstioDescriptionArgs(
            version=config.require("version"),
            hub=config.require("hub"),
            charts=patterns.ChartsDescriptionArgs(
                source=patterns.ChartSource.DIRECTORY,
                location=config.require("charts"),
            ),
        ),
        networks={"main": patterns.NetworkDescriptionArgs(cidr="10.10.0.0/16")},
        clusters={"main": patterns.ClusterDescriptionArgs(network="main")},
        meshes={
            "dev": patterns.MeshDescriptionArgs(
                data_plane=patterns.DataPlane.SIDECAR,
                clusters={"main": patterns.MemberDescriptionArgs()},
            ),
        },
    ),
)

pulumi.export("root", root.certificate)
pulumi.export("chain", east.chain)
pulumi.export("privateKey", east.private_key)
pulumi.export("kubeconfigs", mesh.kubeconfigs)
pulumi.export("rootCertificates", mesh.root_certificates)
pulumi.export("trustDomains", mesh.trust_domains)
